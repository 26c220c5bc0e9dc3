"""Templates by name, whichever engine has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.template import engines
from nuages.template.exceptions import TemplateDoesNotExist


def get_template(template_name: Any, using: str | None = None) -> Any:
    """The template of a name from the first engine that has it, or from the engine `using`."""
    return _first([template_name], using)


def select_template(template_name_list: Iterable[Any], using: str | None = None) -> Any:
    """The first template of several that exists."""
    if isinstance(template_name_list, str):
        raise TypeError(
            "select_template() takes an iterable of template names but got a string: "
            f"{template_name_list!r}. Use get_template() if you want to load a single template by name."
        )
    names = list(template_name_list)
    if not names:
        raise TemplateDoesNotExist("No template names provided")
    return _first(names, using)


def _first(names: list[Any], using: str | None) -> Any:
    chain: list[TemplateDoesNotExist] = []
    backends = engines.all() if using is None else [engines[using]]
    for name in names:
        for backend in backends:
            try:
                return backend.get_template(name)
            except TemplateDoesNotExist as error:
                chain.append(error)
    raise TemplateDoesNotExist(", ".join(map(str, names)) if len(names) > 1 else names[0], chain=chain)


def render_to_string(
    template_name: Any, context: dict[str, Any] | None = None, request: Any = None, using: str | None = None
) -> str:
    """Render the template of a name, or the first that exists of several."""
    several = isinstance(template_name, list | tuple)
    template = select_template(template_name, using) if several else get_template(template_name, using)
    return template.render(context, request)  # type: ignore[no-any-return]
