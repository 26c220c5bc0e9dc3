"""Error reports: what is hidden in them, what a traceback shows, and how they are written."""
