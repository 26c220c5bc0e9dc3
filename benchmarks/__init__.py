"""Comparing nuages with its peers: the same work, in one run, in turn."""
