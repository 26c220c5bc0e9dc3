"""Applications that come with the framework."""
