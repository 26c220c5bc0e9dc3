"""How French is written in Canada: years first where dates are short, and an h between hours and minutes."""

from __future__ import annotations

from nuages.conf.locale.building import CLOCKS, moments

DATE_FORMAT = "j F Y"
DATETIME_FORMAT = "j F Y, H\xa0\\h\xa0i"
SHORT_DATE_FORMAT = "Y-m-d"
SHORT_DATETIME_FORMAT = "Y-m-d H\xa0\\h\xa0i"
TIME_FORMAT = "H\xa0\\h\xa0i"
FIRST_DAY_OF_WEEK = 0

DATE_INPUT_FORMATS = ["%Y-%m-%d", "%y-%m-%d"]
TIME_INPUT_FORMATS = ["%H h %M", *CLOCKS]
DATETIME_INPUT_FORMATS = moments(DATE_INPUT_FORMATS)

DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "\xa0"
NUMBER_GROUPING = 3
