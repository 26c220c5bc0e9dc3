"""Serving the site: the RSGI application for Granian, static files, and the runners behind the commands."""
