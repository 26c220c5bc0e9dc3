"""How English is written in Britain: the day first, the week from Monday."""

from __future__ import annotations

from nuages.conf.locale.building import days, moments

DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j M Y, P"
MONTH_DAY_FORMAT = "j F"
SHORT_DATE_FORMAT = "d/m/Y"
SHORT_DATETIME_FORMAT = "d/m/Y P"
FIRST_DAY_OF_WEEK = 1

DATE_INPUT_FORMATS = days("/")
DATETIME_INPUT_FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f", "%Y-%m-%d %H:%M", *moments(days("/"))]
