"""The databases that the suite is run on: their settings, what Django itself runs there, and where counts are kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Database:
    """One database. Files of others than SQLite carry its name."""

    name: str
    title: str
    #: A module of the suite or of this folder.
    settings: str

    @property
    def _suffix(self) -> str:
        return "" if self.name == "sqlite" else f"-{self.name}"

    @property
    def totals(self) -> Path:
        """Label and number of tests, a line each."""
        return HERE / f"totals{self._suffix}.tsv"

    @property
    def results(self) -> Path:
        """The counts."""
        return HERE / f"results{self._suffix}.json"

    @property
    def report(self) -> Path:
        """The table made of the counts."""
        return HERE / f"RESULTS{self._suffix}.md"

    def read_totals(self) -> dict[str, int]:
        """Return how many tests of each label Django itself runs here and does not skip."""
        rows = (line.split("\t") for line in self.totals.read_text().splitlines()[1:])
        return {label: int(total) for label, total in rows}

    def write_totals(self, totals: dict[str, int]) -> None:
        """Keep what `read_totals()` returns."""
        lines = ["label\ttotal", *(f"{label}\t{total}" for label, total in sorted(totals.items()))]
        self.totals.write_text("\n".join(lines) + "\n")


DATABASES = {
    one.name: one
    for one in (
        Database("sqlite", "SQLite", "test_sqlite"),
        Database("postgresql", "PostgreSQL", "settings_postgresql"),
    )
}
