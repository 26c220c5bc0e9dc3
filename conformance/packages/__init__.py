"""The test-suites of packages written for Django, run on nuages."""
