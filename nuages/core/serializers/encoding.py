"""`DjangoJSONEncoder`: JSON for the types that JSON does not have."""

from __future__ import annotations

import datetime
import decimal
import json
import uuid
from typing import Any

from nuages.utils.duration import duration_iso_string
from nuages.utils.functional import Promise
from nuages.utils.timezone import is_aware


class DjangoJSONEncoder(json.JSONEncoder):
    """Writes dates and times as in ECMA-262, durations as in ISO 8601, decimals, UUIDs and lazy texts as strings."""

    def default(self, o: Any) -> Any:
        """Return what `o` is written as. Raises `ValueError` for a time that is aware, `TypeError` for other types."""
        match o:
            case datetime.datetime():
                return _ecma(o)
            case datetime.date():
                return o.isoformat()
            case datetime.time():
                if is_aware(o):  # type: ignore[arg-type]
                    raise ValueError("JSON can't represent timezone-aware times.")
                return o.isoformat(timespec="milliseconds" if o.microsecond else "auto")
            case datetime.timedelta():
                return duration_iso_string(o)
            case decimal.Decimal() | uuid.UUID() | Promise():
                return str(o)
        return super().default(o)


def _ecma(moment: datetime.datetime) -> str:
    # ECMA-262 knows milliseconds, and Z for UTC.
    text = moment.isoformat(timespec="milliseconds" if moment.microsecond else "auto")
    return f"{text.removesuffix('+00:00')}Z" if text.endswith("+00:00") else text
