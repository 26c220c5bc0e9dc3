"""Templates by name, whichever engine has them."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

from nuages.template import engines
from nuages.template.exceptions import TemplateDoesNotExist


def get_template(template_name: Any, using: str | None = None) -> Any:
    """The template of a name from the first engine that has it, or from the engine `using`."""
    missing: list[TemplateDoesNotExist] = []
    for backend in engines.all() if using is None else (engines[using],):
        try:
            return backend.get_template(template_name)
        except TemplateDoesNotExist as error:
            missing.append(error)
    raise TemplateDoesNotExist(template_name, chain=missing)


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
    backends = engines.all() if using is None else [engines[using]]
    missing: list[TemplateDoesNotExist] = []
    for name, backend in itertools.product(names, backends):
        try:
            return backend.get_template(name)
        except TemplateDoesNotExist as error:
            missing.append(error)
    raise TemplateDoesNotExist(", ".join(map(str, names)) if len(names) > 1 else names[0], chain=missing)


def render_to_string(
    template_name: Any, context: dict[str, Any] | None = None, request: Any = None, using: str | None = None
) -> str:
    """Render the template of a name, or the first that exists of several."""
    if type(template_name) is str or not isinstance(template_name, list | tuple):
        template = get_template(template_name, using)
    else:
        template = select_template(template_name, using)
    return template.render(context, request)  # type: ignore[no-any-return]
