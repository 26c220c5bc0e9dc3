"""The test cases, from the one without a database to the one with a server."""
