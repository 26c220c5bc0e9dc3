"""Static files: found in apps and folders, collected into one place, under names that tell their content."""
