"""Which packages, and how the suite of each is run."""

from __future__ import annotations

from dataclasses import dataclass

PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=")


@dataclass(frozen=True)
class Package:
    """A package whose source distribution brings its tests.

    `command` is what Python is started with there; `needs` are packages that the tests use, and `without` says what is
    left out of them and why.
    """

    name: str
    version: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    settings: str = ""
    without: str = ""

    @property
    def requirement(self) -> str:
        """The very version."""
        return f"{self.name}=={self.version}"


CATALOGUE = (
    Package(
        "djangorestframework",
        "3.18.3",
        (*PYTEST, "tests", "--ignore=tests/test_authtoken.py"),
        (
            "dj-database-url",
            "pytz",
            "markdown",
            "pygments",
            "pyyaml",
            "requests",
            "uritemplate",
            "inflection",
        ),
        without="`test_authtoken.py`, which imports the admin's pages",
    ),
)
