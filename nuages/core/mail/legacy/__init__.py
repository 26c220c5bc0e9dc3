"""What Django 2028 removes from mail, kept apart from what stays."""
