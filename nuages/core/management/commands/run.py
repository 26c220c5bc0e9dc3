"""`run`: run a script that was written for Django."""

from __future__ import annotations

import sys
from argparse import REMAINDER
from collections.abc import Sequence
from typing import Any

from nuages.compat.running import run_script
from nuages.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = (
        "Runs a Python script with `django` meaning nuages, in the script and in the processes it starts: "
        "`nuages run manage.py migrate`."
    )

    requires_setup = False
    takes_whole_line = True
    requires_system_checks = []
    missing_args_message = "You must name a script, as in: nuages run manage.py check"

    def run_from_argv(self, argv: Sequence[str]) -> None:
        # The script has options of its own; none of them are ours to read.
        if argv[2:] and argv[2] not in ("-h", "--help"):
            sys.exit(run_script(argv[2:]))
        super().run_from_argv(argv)

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("script", help="The script to run.")
        parser.add_argument("arguments", nargs=REMAINDER, help="What the script is given as its arguments.")

    def handle(self, **options: Any) -> None:
        run_script([options["script"], *options["arguments"]])
