from __future__ import annotations

import gettext
import os
from io import StringIO
from pathlib import Path

import pytest

from nuages.core.management import call_command
from nuages.core.management.base import CommandError
from nuages.test.utils import override_settings

HEAD = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
BODY = (
    'msgid "yes"\nmsgstr "ja"\n\n#, fuzzy\nmsgid "no"\nmsgstr "nein"\n\nmsgctxt "month"\nmsgid "May"\nmsgstr "Mai"\n\n'
    '#, python-format\nmsgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s Tag"\nmsgstr[1] "%(n)s Tage"\n'
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for folder in ("locale/de", "locale/fr", "shop/locale/de", "node/locale/de"):
        messages = tmp_path / folder / "LC_MESSAGES"
        messages.mkdir(parents=True)
        (messages / "django.po").write_text(HEAD + BODY)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(**options: object) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("compilemessages", stdout=out, stderr=err, no_color=True, **options)
    return out.getvalue(), err.getvalue()


def compiled(here: Path) -> list[str]:
    return sorted(str(path.relative_to(here).parent.parent) for path in here.rglob("*.mo"))


def read(path: Path) -> gettext.GNUTranslations:
    with path.open("rb") as file:
        return gettext.GNUTranslations(file)


def test_catalogues_are_compiled_and_can_be_read(here: Path) -> None:
    run()
    assert compiled(here) == ["locale/de", "locale/fr", "node/locale/de", "shop/locale/de"]
    catalogue = read(here / "locale/de/LC_MESSAGES/django.mo")
    assert [catalogue.gettext(text) for text in ("yes", "no")] == ["ja", "no"]
    assert catalogue.pgettext("month", "May") == "Mai"
    assert [catalogue.ngettext("%(n)s day", "%(n)s days", n) for n in (1, 2)] == ["%(n)s Tag", "%(n)s Tage"]


def test_fuzzy_translations_only_when_asked_for(here: Path) -> None:
    run(fuzzy=True)
    assert read(here / "locale/de/LC_MESSAGES/django.mo").gettext("no") == "nein"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"locale": ["fr"]}, ["locale/fr"]),
        ({"exclude": ["de"]}, ["locale/fr"]),
        ({"locale": ["de", "fr"], "exclude": ["fr"], "ignore": ["node"]}, ["locale/de", "shop/locale/de"]),
        ({"ignore": ["*/locale"]}, ["locale/de", "locale/fr"]),
    ],
)
def test_locales_and_folders_may_be_chosen(
    here: Path, options: dict[str, list[str]], expected: list[str]
) -> None:
    if "ignore" in options:
        options["ignore_patterns"] = options.pop("ignore")
    run(**options)
    assert compiled(here) == expected


def test_what_is_up_to_date_is_left_alone(here: Path) -> None:
    run(locale=["fr"])
    assert "is already compiled and up to date." in run(locale=["fr"])[0]
    os.utime(here / "locale/fr/LC_MESSAGES/django.mo", (1, 1))
    assert "processing file django.po" in run(locale=["fr"])[0]


def test_paths_of_the_settings_are_looked_in(here: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / "it" / "LC_MESSAGES").mkdir(parents=True)
    (other / "it" / "LC_MESSAGES" / "django.po").write_text(HEAD)
    with override_settings(LOCALE_PATHS=[other]):
        run(locale=["it"])
    assert (other / "it" / "LC_MESSAGES" / "django.mo").exists()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("\ufeff" + HEAD, "has a BOM (Byte Order Mark)"),
        ('msgid "a"\nmsgstr "b"\nnonsense "c"\n', "misformatted keyword"),
        (HEAD + '#, python-format\nmsgid "%(n)s"\nmsgstr "%(m)s"\n', "unknown named placeholder 'm'"),
    ],
)
def test_errors_are_told_and_the_others_are_compiled(here: Path, source: str, message: str) -> None:
    (here / "locale/fr/LC_MESSAGES/django.po").write_text(source)
    err = StringIO()
    with pytest.raises(CommandError, match="compilemessages generated one or more errors"):
        call_command("compilemessages", verbosity=0, stderr=err, no_color=True)
    assert message in err.getvalue()
    assert "locale/fr/LC_MESSAGES/django.po" in err.getvalue()
    assert compiled(here) == ["locale/de", "node/locale/de", "shop/locale/de"]
