"""The commands that come with nuages, one module each."""
