"""Several sites from one database."""
