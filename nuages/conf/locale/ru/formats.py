"""How Russian writes dates and numbers."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, days, moments

DATE_FORMAT = "j E Y г."
DATETIME_FORMAT = "j E Y г. G:i"
MONTH_DAY_FORMAT = "j E"
SHORT_DATE_FORMAT = "d.m.Y"
SHORT_DATETIME_FORMAT = "d.m.Y H:i"
TIME_FORMAT = "G:i"
YEAR_MONTH_FORMAT = "F Y г."
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = days(".")
TIME_INPUT_FORMATS = list(CLOCKS)
DATETIME_INPUT_FORMATS = moments(DATE_INPUT_FORMATS)

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
