from __future__ import annotations

import asyncio
import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from nuages.test.utils import override_settings
from nuages.utils import formats, translation
from nuages.utils.translation import gettext, gettext_lazy, ngettext, ngettext_lazy, npgettext, pgettext
from nuages.utils.translation.names import name_of_language
from nuages.utils.translation.po import read_po

_PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

#: views.py:3
msgid "cloud"
msgstr "nuage"

msgctxt "computing"
msgid "cloud"
msgstr "nuage informatique"

msgid "%(n)d cloud"
msgid_plural "%(n)d clouds"
msgstr[0] "%(n)d nuage"
msgstr[1] "%(n)d nuages"

#, fuzzy
msgid "rain"
msgstr "pluie ?"

msgid ""
"two "
"lines"
msgstr "deux \\"lignes\\"\\n"
"""


@pytest.fixture
def french(tmp_path: Path):
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(_PO, encoding="utf-8")
    with override_settings(LOCALE_PATHS=[str(tmp_path)]), translation.override("fr"):
        yield


def test_messages_are_read_from_a_catalogue_in_text(french):
    assert gettext("cloud") == "nuage"
    assert pgettext("computing", "cloud") == "nuage informatique"
    assert gettext("two lines") == 'deux "lignes"\n'
    assert gettext("rain") == "rain"
    assert gettext("unknown") == "unknown"


@pytest.mark.parametrize(("number", "expected"), [(0, "0 nuage"), (1, "1 nuage"), (2, "2 nuages")])
def test_plurals_follow_the_rule_of_the_language(french, number, expected):
    assert ngettext("%(n)d cloud", "%(n)d clouds", number) % {"n": number} == expected
    assert ngettext_lazy("%(n)d cloud", "%(n)d clouds", "n") % {"n": number} == expected


def test_a_lazy_message_speaks_the_language_of_its_reader(french):
    message = gettext_lazy("cloud")
    assert str(message) == "nuage"
    with translation.override("en"):
        assert str(message) == "cloud"
    with translation.override(None):
        assert str(message) == "cloud"


def test_a_plural_without_translation_is_english(french):
    assert npgettext("weather", "%d storm", "%d storms", 2) == "%d storms"


def test_each_task_has_its_own_language():
    async def speak(language: str) -> str:
        translation.activate(language)
        await asyncio.sleep(0.001)
        return translation.get_language()

    async def both() -> list[str]:
        return await asyncio.gather(speak("de"), speak("fr"))

    assert asyncio.run(both()) == ["de", "fr"]


def test_a_po_file_says_where_it_is_wrong():
    with pytest.raises(ValueError, match="line 2"):
        read_po('msgid "a"\nnonsense "b"\n')


def test_locale_names_are_turned_round():
    assert translation.to_locale("zh-hans") == "zh_Hans"
    assert translation.to_locale("pt-br") == "pt_BR"
    assert translation.to_language("sr_Lat") == "sr-lat"
    assert translation.get_language_info("de")["name_local"] == "Deutsch"
    with translation.override("ar"):
        assert translation.get_language_bidi()


@pytest.mark.parametrize("spelling", ["pt-br", "pt-BR", "pt_BR"])
def test_the_active_language_is_spelt_in_one_way(spelling):
    with translation.override(spelling):
        assert translation.get_language() == "pt-br"
        assert formats.date_format(datetime.date(2026, 5, 1), "F") == "maio"


def test_languages_have_names_in_the_current_language():
    name = translation.get_language_info("de")["name_translated"]
    assert str(name) == "German"
    with translation.override("cs"):
        assert str(name) == "němčina"
    with translation.override("pt-br"):
        assert str(translation.get_language_info("zh-hans")["name_translated"]) == "chinês (simplificado)"
    with translation.override(None):
        assert str(name) == "German"


def test_a_language_that_is_not_known_to_cldr_keeps_its_english_name():
    assert name_of_language("de", "xx-nowhere") is None
    assert name_of_language("tlh-nowhere", "de") is None


@pytest.mark.parametrize(
    ("language", "date", "number"),
    [
        ("de", "4. Juli 2026", "1.234.567,5"),
        ("en", "July 4, 2026", "1,234,567.5"),
        ("fr", "4 juillet 2026", "1\xa0234\xa0567,5"),
        ("es", "4 de julio de 2026", "1\xa0234\xa0567,5"),
        ("ja", "2026年7月4日", "1,234,567.5"),
    ],
)
def test_dates_and_numbers_are_written_as_the_reader_writes_them(language, date, number):
    with override_settings(USE_THOUSAND_SEPARATOR=True), translation.override(language):
        assert formats.date_format(datetime.date(2026, 7, 4)) == date
        assert formats.number_format(Decimal("1234567.5")) == number
        assert formats.sanitize_separators(number) == "1234567.5"


def test_input_formats_always_include_iso():
    with translation.override("de"):
        assert "%Y-%m-%d" in formats.get_format("DATE_INPUT_FORMATS")


def test_a_format_follows_the_settings_when_they_change():
    with translation.override(None):
        with override_settings(DATE_FORMAT="Y"):
            assert formats.date_format(datetime.date(2026, 7, 4)) == "2026"
        with override_settings(DATE_FORMAT="n"):
            assert formats.date_format(datetime.date(2026, 7, 4)) == "7"
