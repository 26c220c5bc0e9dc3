"""Checks of what keeps a site secure."""
