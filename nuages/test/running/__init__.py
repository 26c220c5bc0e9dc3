"""Finding, ordering and running tests."""
