"""YAML, through PyYAML (not required: `pip install pyyaml`)."""

from __future__ import annotations

import collections
import datetime
import decimal
from typing import Any

import yaml

from nuages.core.serializers.base import DeserializationError
from nuages.core.serializers.python import Deserializer as PythonDeserializer
from nuages.core.serializers.python import Serializer as PythonSerializer
from nuages.db import models

# The forms in C are quicker, where libyaml is there.
_SafeLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_SafeDumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class DjangoSafeDumper(_SafeDumper):
    """Writes decimals as text, and mappings in their order."""

    def represent_decimal(self, data: decimal.Decimal) -> Any:
        """Return a decimal as a string, which loses nothing."""
        return self.represent_scalar("tag:yaml.org,2002:str", str(data))

    def represent_ordered_dict(self, data: Any) -> Any:
        """Return an ordered mapping as a plain one."""
        return self.represent_mapping("tag:yaml.org,2002:map", dict(data))


DjangoSafeDumper.add_representer(decimal.Decimal, DjangoSafeDumper.represent_decimal)
DjangoSafeDumper.add_representer(collections.OrderedDict, DjangoSafeDumper.represent_ordered_dict)


class Serializer(PythonSerializer):
    """Writes a YAML list."""

    internal_use_only = False

    def _value_from_field(self, obj: Any, field: Any) -> Any:
        # YAML has dates and moments, but no times of day.
        if isinstance(field, models.TimeField) and isinstance(getattr(obj, field.name), datetime.time):
            return str(getattr(obj, field.name))
        return super()._value_from_field(obj, field)

    def end_serialization(self) -> None:
        options = {"allow_unicode": True, "sort_keys": False, **self.options}
        yaml.dump(self.objects, self.stream, Dumper=DjangoSafeDumper, **options)

    def getvalue(self) -> Any:
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads a YAML list."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        text = stream_or_string.decode() if isinstance(stream_or_string, bytes) else stream_or_string
        try:
            objects = yaml.load(text, Loader=_SafeLoader)
        except Exception as error:
            raise DeserializationError from error
        super().__init__(objects, **options)

    def _handle_object(self, data: Any) -> Any:
        try:
            yield from super()._handle_object(data)
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error
