"""The names of days and months."""

from __future__ import annotations

from typing import Any

from nuages.utils.translation import gettext_lazy as _
from nuages.utils.translation import memory, pgettext_lazy, remembered

WEEKDAYS = {
    0: _("Monday"), 1: _("Tuesday"), 2: _("Wednesday"), 3: _("Thursday"), 4: _("Friday"), 5: _("Saturday"),
    6: _("Sunday"),
}  # fmt: skip
WEEKDAYS_ABBR = {
    0: _("Mon"), 1: _("Tue"), 2: _("Wed"), 3: _("Thu"), 4: _("Fri"), 5: _("Sat"), 6: _("Sun"),
}  # fmt: skip
MONTHS = {
    1: _("January"), 2: _("February"), 3: _("March"), 4: _("April"), 5: _("May"), 6: _("June"),
    7: _("July"), 8: _("August"), 9: _("September"), 10: _("October"), 11: _("November"), 12: _("December"),
}  # fmt: skip
MONTHS_3 = {
    1: _("jan"), 2: _("feb"), 3: _("mar"), 4: _("apr"), 5: _("may"), 6: _("jun"),
    7: _("jul"), 8: _("aug"), 9: _("sep"), 10: _("oct"), 11: _("nov"), 12: _("dec"),
}  # fmt: skip

# As the Associated Press abbreviates them: the short ones stay whole.
MONTHS_AP = {
    number: pgettext_lazy("abbrev. month", name)
    for number, name in enumerate(
        ["Jan.", "Feb.", "March", "April", "May", "June", "July", "Aug.", "Sept.", "Oct.", "Nov.", "Dec."],
        start=1,
    )
}
# Many languages decline the month after a day's number: "20 listopada", but "listopad 2020".
MONTHS_ALT = {
    number: pgettext_lazy("alt. month", name)
    for number, name in enumerate(
        [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ],
        start=1,
    )
}

_TABLES: dict[str, dict[int, Any]] = {
    "WEEKDAYS": WEEKDAYS,
    "WEEKDAYS_ABBR": WEEKDAYS_ABBR,
    "MONTHS": MONTHS,
    "MONTHS_3": MONTHS_3,
    "MONTHS_AP": MONTHS_AP,
    "MONTHS_ALT": MONTHS_ALT,
}


def spoken(table: str) -> dict[int, str]:
    """Return one of the tables above as plain text in the active language, made once a language."""
    known = memory().get(table)
    return remembered(table, _spoken, table) if known is None else known  # type: ignore[no-any-return]


def _spoken(table: str) -> dict[int, str]:
    return {number: str(name) for number, name in _TABLES[table].items()}
