"""What goes wrong with templates. Kept apart so that any room can catch these without loading the engine."""

from __future__ import annotations

from typing import Any


class TemplateDoesNotExist(Exception):
    """No loader has the template.

    `tried` lists `(origin, reason)` pairs in the order they were tried, `chain` the errors of earlier engines.
    """

    def __init__(
        self,
        msg: object,
        tried: list[tuple[Any, str]] | None = None,
        backend: Any = None,
        chain: list[TemplateDoesNotExist] | None = None,
    ) -> None:
        self.backend = backend
        self.tried = tried if tried is not None else []
        self.chain = chain if chain is not None else []
        super().__init__(msg)


class TemplateSyntaxError(Exception):
    """The template's text, or an argument given to one of its tags, makes no sense.

    `template_name` says in which template; `str()` shows it, `message` is the text without it.
    """

    template_name: str | None = None

    @property
    def message(self) -> str:
        """The wording alone, as the debug page shows it beside the marked source."""
        return super().__str__()

    def __str__(self) -> str:
        text = super().__str__()
        return f"Template: {self.template_name}, {text}" if self.template_name else text


class TemplateEncodingError(Exception):
    """A template file is not encoded as the engine expects."""
