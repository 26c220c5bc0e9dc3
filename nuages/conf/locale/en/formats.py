"""How English (as in the United States) writes dates and numbers."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, days, moments

DATE_FORMAT = "N j, Y"
DATETIME_FORMAT = "N j, Y, P"
MONTH_DAY_FORMAT = "F j"
SHORT_DATE_FORMAT = "m/d/Y"
SHORT_DATETIME_FORMAT = "m/d/Y P"
TIME_FORMAT = "P"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 0

_DAYS = ["%Y-%m-%d", *days("/", "mdY")]
DATE_INPUT_FORMATS = _DAYS + [
    order
    for month in ("%b", "%B")
    for order in (f"{month} %d %Y", f"{month} %d, %Y", f"%d {month} %Y", f"%d {month}, %Y")
]
TIME_INPUT_FORMATS = list(CLOCKS)
DATETIME_INPUT_FORMATS = moments(_DAYS)

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
