"""Simple pages, kept in the database."""
