"""`manage.py load_airfields`: fill the atlas."""

from __future__ import annotations

from typing import Any, TextIO, cast

from logbook.samples import write_samples

from atlas import loading
from nuages.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Loads the world's airports from the packages airportsdata and pycountry. May be run again at any time."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "--no-samples",
            action="store_false",
            dest="samples",
            help="Leave out the sample visits and reviews.",
        )

    def handle(self, **options: Any) -> None:
        try:
            records, countries = loading.read_airports(), loading.read_countries()
        except ImportError as error:
            raise CommandError(
                f"The package {error.name} is not installed: pip install -r requirements.txt"
            ) from error
        count = self.load(records, countries)
        samples = write_samples() if options["samples"] else 0
        said = f"{count:,} airports are in the atlas"
        if samples:
            said += f", and {samples} sample reviews in the logbook"
        self.stdout.write(self.style.SUCCESS(said + "."))

    def load(self, records: list[loading.Record], countries: dict[str, str]) -> int:
        """Load with a progress bar."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description:<11}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(file=cast(TextIO, self.stderr))) as progress:
            bars: dict[str, Any] = {}

            def report(what: str, done: int, total: int) -> None:
                if what not in bars:
                    bars[what] = progress.add_task(what, total=total)
                progress.update(bars[what], completed=done)

            return loading.load(records, countries, report)
