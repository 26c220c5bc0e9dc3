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
    Package("django-filter", "26.2", ("runtests.py",), ("djangorestframework",)),
    Package(
        "django-crispy-forms",
        "2.7",
        (*PYTEST, "tests"),
        ("crispy-bootstrap3", "crispy-bootstrap4"),
        "tests.test_settings",
    ),
    Package(
        "django-model-utils",
        "5.0.0",
        (*PYTEST, "tests"),
        ("psycopg[binary]", "freezegun", "time-machine", "python-dateutil", "six"),
        "tests.settings",
    ),
    Package("django-widget-tweaks", "1.5.1", ("-m", "django", "test"), settings="tests.settings"),
    Package("django-environ", "0.14.0", (*PYTEST, "tests")),
    Package(
        "django-guardian",
        "3.5.2",
        (*PYTEST, "guardian/testapp", "--ignore=guardian/testapp/tests/test_admin.py"),
        ("asgiref", "django-environ", "typing-extensions"),
        "guardian.testapp.testsettings",
        without="`test_admin.py`, which is about the admin's pages",
    ),
    Package(
        "django-debug-toolbar",
        "8.0.0",
        ("-m", "django", "test", "tests"),
        (
            "sqlparse",
            "html5lib",
            "django-csp",
            "jinja2",
            "markupsafe",
            "webencodings",
            "six",
            "packaging",
            "django-template-partials",
            "asgiref",
            "pillow",
        ),
        "tests.settings",
    ),
)
