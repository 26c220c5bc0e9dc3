"""JSON lines: an object a line, so that any number of them can be read as they come."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from nuages.core.serializers.base import DeserializationError, DeserializedObject
from nuages.core.serializers.encoding import DjangoJSONEncoder
from nuages.core.serializers.python import Deserializer as PythonDeserializer
from nuages.core.serializers.python import Serializer as PythonSerializer


class Serializer(PythonSerializer):
    """Writes an object a line."""

    internal_use_only = False

    def start_serialization(self) -> None:
        self._current = None
        kept = {
            name: value for name, value in self.options.items() if name not in ("stream", "fields", "indent")
        }
        self.json_kwargs = {
            "separators": (",", ": "),
            "cls": DjangoJSONEncoder,
            "ensure_ascii": False,
            **kept,
        }

    def end_object(self, obj: Any) -> None:
        json.dump(self.get_dump_object(obj), self.stream, **self.json_kwargs)
        self.stream.write("\n")
        self._current = None

    def getvalue(self) -> Any:
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads an object a line."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        if isinstance(stream_or_string, bytes):
            stream_or_string = stream_or_string.decode()
        if isinstance(stream_or_string, str):
            stream_or_string = stream_or_string.splitlines()
        super().__init__(stream_or_string, **options)

    def _handle_object(self, data: Any) -> Iterator[DeserializedObject]:
        if not data.strip():
            return
        try:
            yield from super()._handle_object(json.loads(data))
        except (GeneratorExit, DeserializationError):
            raise
        except Exception as error:
            raise DeserializationError(f"Error deserializing object: {error}") from error
