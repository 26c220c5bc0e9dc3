"""What sits between the small tools and the rooms of the framework: commands, checks, cache, mail, files."""
