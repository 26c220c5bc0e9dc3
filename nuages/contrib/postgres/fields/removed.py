"""Fields that are gone but that old migrations still name."""

from __future__ import annotations

from typing import Any

from nuages.db.models import CharField, EmailField, TextField
from nuages.db.models import JSONField as AnyJSONField

__all__ = ["CICharField", "CIEmailField", "CITextField", "JSONField"]


def _removed(name: str, hint: str, check_id: str) -> dict[str, Any]:
    return {
        "msg": f"django.contrib.postgres.fields.{name} is removed except for support in historical migrations.",
        "hint": hint,
        "id": check_id,
    }


def _collation_hint(name: str) -> str:
    return f'Use {name}(db_collation="…") with a case-insensitive non-deterministic collation instead.'


class CICharField(CharField):
    system_check_removed_details = _removed("CICharField", _collation_hint("CharField"), "fields.E905")


class CIEmailField(EmailField):
    system_check_removed_details = _removed("CIEmailField", _collation_hint("EmailField"), "fields.E906")


class CITextField(TextField):
    system_check_removed_details = _removed("CITextField", _collation_hint("TextField"), "fields.E907")


class JSONField(AnyJSONField):
    system_check_removed_details = _removed(
        "JSONField", "Use django.db.models.JSONField instead.", "fields.E904"
    )
