"""The state one model definition is in while its passes run."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

__all__ = ["Draft", "is_contributable"]


def is_contributable(value: Any) -> bool:
    """Whether a class attribute adds itself to the model: fields, managers, anything with the hook."""
    return not inspect.isclass(value) and hasattr(value, "contribute_to_class")


@dataclass(slots=True)
class Draft:
    """A model class in the making."""

    name: str
    module: str
    parents: list[Any]
    #: `class Meta` of the body itself; None where it has none.
    own_meta: Any
    contributable: dict[str, Any]
    cls: Any

    @classmethod
    def start(
        cls,
        metaclass: type,
        name: str,
        bases: tuple[type, ...],
        namespace: dict[str, Any],
        options: dict[str, Any],
    ) -> Draft:
        """Make the plain Python class; what contributes itself is kept back until `_meta` is there."""
        own_meta = namespace.get("Meta")
        contributable = {key: value for key, value in namespace.items() if is_contributable(value)}
        plain = {key: value for key, value in namespace.items() if key != "Meta" and key not in contributable}
        made: Any = type.__new__(metaclass, name, bases, plain, **options)
        parents = [base for base in bases if isinstance(base, metaclass)]
        return cls(name, namespace["__module__"], parents, own_meta, contributable, made)

    @property
    def meta(self) -> Any:
        """The Meta that counts: the body's, else the one inherited from an abstract base."""
        return self.own_meta or getattr(self.cls, "Meta", None)

    @property
    def abstract(self) -> bool:
        return bool(getattr(self.own_meta, "abstract", False))

    @property
    def base_options(self) -> Any:
        """`_meta` of the nearest model base; None under Model itself."""
        for base in self.cls.__mro__[1:]:
            if "_meta" in base.__dict__:
                return base.__dict__["_meta"]
        return None

    @property
    def is_proxy(self) -> bool:
        return self.cls._meta.proxy
