#!/usr/bin/env python
"""Runs the commands of airfields: `python manage.py help` lists them."""

import sys

from nuages.conf import use_settings
from nuages.core.management import execute_from_command_line

if __name__ == "__main__":
    use_settings("airfields.settings")
    execute_from_command_line(sys.argv)
