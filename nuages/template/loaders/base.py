"""What all loaders share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.origin import Origin
from nuages.template.template import Template


class Loader:
    """Loads templates from one kind of source.

    A loader says where a template may be (`get_template_sources`) and what is there (`get_contents`).
    """

    #: Whether templates compiled from these sources are worth keeping on disk.
    keeps_code = False

    def __init__(self, engine: Any) -> None:
        self.engine = engine

    def get_template(self, template_name: Any, skip: Sequence[Origin] | None = None) -> Template:
        """The first template found under a name, passing over the origins in `skip`."""
        tried: list[tuple[Origin, str]] = []
        passed_over = skip or ()
        for origin in self.get_template_sources(template_name):
            reason = "Source does not exist"
            if origin in passed_over:
                reason = "Skipped to avoid recursion"
            else:
                contents = self._contents_or_none(origin)
                if contents is not None:
                    return Template(contents, origin, origin.template_name, self.engine)
            tried.append((origin, reason))
        raise TemplateDoesNotExist(template_name, tried=tried)

    def _contents_or_none(self, origin: Origin) -> str | None:
        try:
            return self.get_contents(origin)
        except TemplateDoesNotExist:
            return None

    def get_template_sources(self, template_name: Any) -> Iterator[Origin]:
        """The places where a template may be."""
        raise NotImplementedError("subclasses of Loader must provide a get_template_sources() method")

    def get_contents(self, origin: Origin) -> str:
        """The text at a place; raises TemplateDoesNotExist when there is none."""
        raise NotImplementedError("subclasses of Loader must provide a get_contents() method")

    def list_sources(self) -> Iterator[Origin]:
        """The places of all templates there are, in the order of looking; nothing where a loader cannot tell."""
        yield from ()

    def reset(self) -> None:
        """Forget what was loaded. Nothing to do for loaders that keep nothing."""
