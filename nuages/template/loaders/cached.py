"""Templates kept once loaded, whatever loader they came from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from nuages.template.exceptions import TemplateDoesNotExist
from nuages.template.loaders.base import Loader as BaseLoader
from nuages.template.origin import Origin
from nuages.template.template import Template


class Loader(BaseLoader):
    """Keeps what other loaders loaded, and what they did not find."""

    #: Whether a template is kept by its name alone, unless others of that name are passed over.
    keeps_by_name = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.keeps_by_name = cls.cache_key is Loader.cache_key

    def __init__(self, engine: Any, loaders: Sequence[Any]) -> None:
        super().__init__(engine)
        self.get_template_cache: dict[str, Any] = {}
        self.loaders = engine.get_template_loaders(loaders)

    def get_dirs(self) -> Iterator[Any]:
        """The directories of the loaders that have some."""
        for loader in self.loaders:
            if hasattr(loader, "get_dirs"):
                yield from loader.get_dirs()

    def get_contents(self, origin: Any) -> str:
        """The text, from the loader that named the place."""
        return origin.loader.get_contents(origin)  # type: ignore[no-any-return]

    def get_template_sources(self, template_name: Any) -> Iterator[Origin]:
        """The places all loaders know."""
        for loader in self.loaders:
            yield from loader.get_template_sources(template_name)

    def list_sources(self) -> Iterator[Origin]:
        """The places all loaders can list."""
        for loader in self.loaders:
            yield from loader.list_sources()

    def get_template(self, template_name: Any, skip: Sequence[Origin] | None = None) -> Any:
        """The kept template, or the one loaded now."""
        plain = skip is None and self.keeps_by_name and type(template_name) is str
        key = template_name if plain else self.cache_key(template_name, skip)
        kept = self.get_template_cache.get(key)
        if type(kept) is Template:
            return kept
        if kept is None:
            return self._load(key, template_name, skip)
        if isinstance(kept, TemplateDoesNotExist):
            # A new one each time: raising an exception writes a traceback into it.
            raise self._fresh(kept)
        if kept is TemplateDoesNotExist:
            raise TemplateDoesNotExist(template_name)
        return kept

    def _load(self, key: str, template_name: Any, skip: Sequence[Origin] | None) -> Any:
        try:
            template = super().get_template(template_name, skip)
        except TemplateDoesNotExist as error:
            # The class alone takes no memory per name, and names may come from visitors.
            self.get_template_cache[key] = self._fresh(error) if self.engine.debug else TemplateDoesNotExist
            raise
        self.get_template_cache[key] = template
        return template

    @staticmethod
    def _fresh(error: TemplateDoesNotExist) -> TemplateDoesNotExist:
        return TemplateDoesNotExist(error.args[0], error.tried, error.backend, error.chain)

    def cache_key(self, template_name: Any, skip: Sequence[Origin] | None = None) -> str:
        """The name, with a digest of what is to be skipped that would match it."""
        name = str(template_name)
        skipped = [origin.name for origin in skip or () if str(origin.template_name) == name]
        if not skipped:
            return name
        return f"{name}-{hashlib.sha1('|'.join(skipped).encode(), usedforsecurity=False).hexdigest()}"

    def reset(self) -> None:
        """Forget all templates."""
        self.get_template_cache.clear()
        self.engine.forget()
