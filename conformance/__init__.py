"""Django's own test-suite, run on nuages through the alias."""
