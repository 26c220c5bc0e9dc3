"""How Portuguese writes dates and numbers."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, days, moments

DATE_FORMAT = r"j \d\e F \d\e Y"
DATETIME_FORMAT = r"j \d\e F \d\e Y à\s H:i"
MONTH_DAY_FORMAT = r"j \d\e F"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y H:i"
TIME_FORMAT = "H:i"
YEAR_MONTH_FORMAT = r"F \d\e Y"
FIRST_DAY_OF_WEEK = 0

DATE_INPUT_FORMATS = ["%Y-%m-%d", *days("/")]
TIME_INPUT_FORMATS = list(CLOCKS)
DATETIME_INPUT_FORMATS = moments(DATE_INPUT_FORMATS)

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
