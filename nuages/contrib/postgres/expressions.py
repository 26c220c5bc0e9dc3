"""A subquery's rows as one array."""

from __future__ import annotations

from typing import Any

from nuages.contrib.postgres.fields import ArrayField
from nuages.db.models import Subquery


class ArraySubquery(Subquery):
    """ARRAY(...) of the single column that the queryset gives."""

    template = "ARRAY(%(subquery)s)"

    def __init__(self, queryset: Any, **kwargs: Any) -> None:
        super().__init__(queryset, **kwargs)

    def _resolve_output_field(self) -> Any:
        return ArrayField(self.query.output_field)
