"""`manage.py findstatic`: say where static files lie."""

from __future__ import annotations

import os
from typing import Any

from nuages.contrib.staticfiles import finders
from nuages.core.management.base import LabelCommand


class Command(LabelCommand):
    """Asks the finders, as `collectstatic` does."""

    help = "Finds the absolute paths for the given static file(s)."
    label = "staticfile"

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        told = "Only return the first match for each static file."
        parser.add_argument("--first", dest="all", action="store_false", help=told)

    def handle_label(self, path: str, **options: Any) -> str | None:
        verbosity = options["verbosity"]
        found = finders.find(path, find_all=options["all"])
        places = [found] if isinstance(found, str) else list(found or ())
        where = ""
        if verbosity >= 2:
            looked = "\n  ".join(str(place) for place in finders.searched_locations)
            where = f"\nLooking in the following locations:\n  {looked}"
        if not places:
            if verbosity >= 1:
                self.stderr.write(f"No matching file found for '{path}'.{where}")
            return None
        lines = [os.path.realpath(place) for place in places]
        if verbosity == 0:
            return "\n".join(lines)
        listed = "\n  ".join(lines)
        return f"Found '{path}' here:\n  {listed}{where}"
