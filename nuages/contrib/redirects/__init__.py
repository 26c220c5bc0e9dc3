"""Addresses that have moved, kept in the database."""
