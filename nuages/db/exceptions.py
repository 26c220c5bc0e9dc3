"""The exceptions a database can cause, named as in PEP 249 and documented under `nuages.db`."""

from __future__ import annotations


class Error(Exception):
    """Anything the database or its driver complains about."""


class DatabaseError(Error):
    """The database complains."""


class IntegrityError(DatabaseError):
    """A constraint of the database does not hold."""


class NotSupportedError(DatabaseError):
    """The database cannot do what was asked."""


class OperationalError(DatabaseError):
    """Something outside the query: no server, no such file, locked, out of memory."""


class CannotConnect(OperationalError):
    """No connection could be opened; its notes say what to do."""


class ProgrammingError(DatabaseError):
    """The query is wrong: syntax, a table that is not there, too few parameters."""


class DataError(DatabaseError):
    """A value does not fit: out of range, division by zero, not a date."""


class InternalError(DatabaseError):
    """The database is confused: a cursor is no longer valid, a transaction out of step."""


class InterfaceError(Error):
    """The driver was used in a way it does not allow."""


# Documented paths are what users see in tracebacks and what pickles name.
for _class in (Error, *Error.__subclasses__(), *DatabaseError.__subclasses__()):
    _class.__module__ = "nuages.db.utils"
