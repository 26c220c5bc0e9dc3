"""The site's commands."""

import os
import sys

import implementation  # noqa: F401

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")

if __name__ == "__main__":
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
