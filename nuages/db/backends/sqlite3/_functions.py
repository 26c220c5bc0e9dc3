"""Names under which the functions on dates are known outside."""

from nuages.db.backends.sqlite3.functions import register
from nuages.db.backends.sqlite3.moments import date_trunc as _sqlite_date_trunc
from nuages.db.backends.sqlite3.moments import datetime_trunc as _sqlite_datetime_trunc
from nuages.db.backends.sqlite3.moments import time_trunc as _sqlite_time_trunc

__all__ = ["_sqlite_date_trunc", "_sqlite_datetime_trunc", "_sqlite_time_trunc", "register"]
