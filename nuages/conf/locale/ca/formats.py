"""How Catalan writes dates and numbers."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, days, moments

DATE_FORMAT = r"j E \d\e Y"
DATETIME_FORMAT = r"j E \d\e Y \a \l\e\s G:i"
MONTH_DAY_FORMAT = r"j E"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y G:i"
TIME_FORMAT = "G:i"
YEAR_MONTH_FORMAT = r"F \d\e\l Y"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = days("/")
TIME_INPUT_FORMATS = list(CLOCKS)
DATETIME_INPUT_FORMATS = moments(DATE_INPUT_FORMATS)

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
