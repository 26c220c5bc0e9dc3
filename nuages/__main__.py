"""`python -m nuages`: the same as the `nuages` program."""

from __future__ import annotations

from nuages.core.management import execute_from_command_line

if __name__ == "__main__":
    execute_from_command_line()
