"""Reading `.po` files, so that a catalogue works before it is compiled."""

from __future__ import annotations

import ast
import gettext
import re
from collections.abc import Iterator
from typing import Any

_LINE = re.compile(r'\s*(?:(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d+)\])?)?\s*(".*")\s*$')
_PLURAL_FORMS = re.compile(r"Plural-Forms:.*?plural\s*=\s*([^;\n]+)", re.IGNORECASE)


class PoCatalogue:
    """The messages of one `.po` file, with the rule for their plurals."""

    def __init__(self, messages: dict[Any, str], plural: Any) -> None:
        self._catalog = messages
        self.plural = plural


def entries(text: str) -> Iterator[dict[str, str]]:
    """Yield each entry as its parts: msgctxt, msgid, msgid_plural, msgstr or msgstr[n]; fuzzy ones are left out.

    ValueError for what is no `.po` file.
    """
    entry: dict[str, str] = {}
    part = ""
    fuzzy = False
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        if line.startswith("#,") and "fuzzy" in line:
            fuzzy = True
        if line.startswith("#"):
            continue
        found = _LINE.match(line)
        if found is None and line.strip():
            raise ValueError(f"line {number}: expected msgid, msgstr or a comment, got {line!r}")
        # An entry ends at an empty line, or where the next one starts without one.
        starts = (
            found is not None
            and found[1] in ("msgctxt", "msgid")
            and any(key[:6] == "msgstr" for key in entry)
        )
        if found is None or starts:
            if entry and not (fuzzy and entry.get("msgid")):
                yield entry
            if entry:
                entry, fuzzy = {}, False
            if found is None:
                continue
        if found[1]:
            part = f"{found[1]}[{found[2]}]" if found[2] else found[1]
            entry[part] = ""
        entry[part] = entry.get(part, "") + ast.literal_eval(found[3])


def read_po(text: str) -> PoCatalogue:
    """Return the translated messages of a `.po` file."""
    messages: dict[Any, str] = {}
    rule = gettext.c2py("n != 1")  # type: ignore[attr-defined]
    for entry in entries(text):
        message = entry.get("msgid", "")
        if not message:
            if forms := _PLURAL_FORMS.search(entry.get("msgstr", "")):
                rule = gettext.c2py(forms[1].strip())  # type: ignore[attr-defined]
            messages[""] = entry.get("msgstr", "")
            continue
        if "msgctxt" in entry:
            message = f"{entry['msgctxt']}\x04{message}"
        for part, translation in entry.items():
            if not translation or not part.startswith("msgstr"):
                continue
            messages[(message, int(part[7:-1])) if part != "msgstr" else message] = translation
    return PoCatalogue(messages, rule)
