"""JSON."""

from __future__ import annotations

import json
from typing import Any

from nuages.core.serializers.base import DeserializationError
from nuages.core.serializers.encoding import DjangoJSONEncoder
from nuages.core.serializers.python import Deserializer as PythonDeserializer
from nuages.core.serializers.python import Serializer as PythonSerializer

__all__ = ["Deserializer", "DjangoJSONEncoder", "Serializer"]


class Serializer(PythonSerializer):
    """Writes a list, an object a line unless indented."""

    internal_use_only = False

    def _init_options(self) -> None:
        self._current = None
        options = {name: value for name, value in self.options.items() if name not in ("stream", "fields")}
        if options.get("indent"):
            # Without spaces at the ends of lines.
            options.setdefault("separators", (",", ": "))
        options.setdefault("cls", DjangoJSONEncoder)
        options.setdefault("ensure_ascii", False)
        self.json_kwargs = options

    def start_serialization(self) -> None:
        self._init_options()
        self.stream.write("[")

    def end_serialization(self) -> None:
        if self.options.get("indent"):
            self.stream.write("\n")
        self.stream.write("]\n")

    def end_object(self, obj: Any) -> None:
        # As they come, so that a long list is never held as a whole.
        indented = bool(self.options.get("indent"))
        if not self.first:
            self.stream.write("," if indented else ", ")
        if indented:
            self.stream.write("\n")
        json.dump(self.get_dump_object(obj), self.stream, **self.json_kwargs)
        self._current = None

    def getvalue(self) -> Any:
        return super(PythonSerializer, self).getvalue()


class Deserializer(PythonDeserializer):
    """Reads a list of objects."""

    def __init__(self, stream_or_string: Any, **options: Any) -> None:
        text = stream_or_string if isinstance(stream_or_string, bytes | str) else stream_or_string.read()
        try:
            objects = json.loads(text.decode() if isinstance(text, bytes) else text)
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
