"""How Finnish writes dates and numbers."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, days, moments

DATE_FORMAT = "j. E Y"
DATETIME_FORMAT = r"j. E Y \k\e\l\l\o G.i"
MONTH_DAY_FORMAT = "j. F"
SHORT_DATE_FORMAT = "j.n.Y"
SHORT_DATETIME_FORMAT = "j.n.Y G.i"
TIME_FORMAT = "G.i"
YEAR_MONTH_FORMAT = "F Y"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = days(".")
TIME_INPUT_FORMATS = list(CLOCKS)
DATETIME_INPUT_FORMATS = moments(DATE_INPUT_FORMATS)

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
