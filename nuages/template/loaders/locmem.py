"""Templates from a dictionary, for tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.loaders.base import Loader as BaseLoader
from nuages.template.origin import Origin


class Loader(BaseLoader):
    """Loads from names and texts given in the configuration."""

    def __init__(self, engine: Any, templates_dict: dict[str, str]) -> None:
        super().__init__(engine)
        self.templates_dict = templates_dict

    def get_contents(self, origin: Origin) -> str:
        """The text of a name."""
        try:
            return self.templates_dict[origin.name]
        except KeyError:
            raise TemplateDoesNotExist(origin) from None

    def get_template_sources(self, template_name: Any) -> Iterator[Origin]:
        """The name itself."""
        yield Origin(name=template_name, template_name=template_name, loader=self)

    def list_sources(self) -> Iterator[Origin]:
        """All names."""
        for name in self.templates_dict:
            yield from self.get_template_sources(name)
