"""The style sheets and scripts that widgets and forms need, and how those of several become one list."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from nuages.utils.html import format_html, html_safe
from nuages.utils.safestring import mark_safe

from ..utils import flatatt

MEDIA_TYPES = ("css", "js")


class MediaOrderConflictWarning(RuntimeWarning):
    """Two lists of assets disagree about which of two comes first."""


@html_safe
class MediaAsset:
    """One file to link, with the HTML attributes of its tag."""

    element_template = "{path}"

    def __init__(self, path: str, **attributes: Any) -> None:
        self._path = path
        self.attributes = attributes

    def __eq__(self, other: object) -> bool:
        # Equal to its bare path too: a path listed twice, once with attributes, is still one file.
        if isinstance(other, str):
            return self._path == other
        if self.__class__ is not other.__class__:
            return NotImplemented
        return (self._path, self.attributes) == (other._path, other.attributes)

    def __hash__(self) -> int:
        return hash((self._path, *sorted(self.attributes))) if self.attributes else hash(self._path)

    def __str__(self) -> str:
        return self.render()

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}({self._path!r})"

    def render(self, *, attrs: Mapping[str, Any] | None = None) -> str:
        """The tag, with more attributes (a nonce, say) than it was declared with."""
        attrs = attrs or {}
        if twice := sorted(self.attributes.keys() & attrs.keys()):
            raise ValueError(f"{type(self).__qualname__} has conflicting attributes: {', '.join(twice)}")
        return format_html(
            self.element_template, path=self.path, attributes=flatatt({**self.attributes, **attrs})
        )

    @property
    def path(self) -> str:
        """The URL: absolute ones as they are, others below STATIC_URL."""
        return absolute_path(self._path)


class Script(MediaAsset):
    """A script file: `Script("a.js", defer=True)`."""

    element_template = '<script src="{path}"{attributes}></script>'

    def __init__(self, src: str, **attributes: Any) -> None:
        super().__init__(src, **attributes)


class Stylesheet(MediaAsset):
    """A style sheet: `Stylesheet("a.css", media="print")`."""

    element_template = '<link href="{path}"{attributes} rel="stylesheet">'

    def __init__(self, href: str, **attributes: Any) -> None:
        super().__init__(href, **attributes)


def absolute_path(path: str) -> str:
    """The URL of an asset: below STATIC_URL unless it is absolute already."""
    if path.startswith(("http://", "https://", "/")):
        return path
    # Forms are used without templates too; only printing assets needs the tag library.
    from nuages.templatetags.static import static

    return static(path)


@html_safe
class Media:
    """A collection of assets; printed it is the tags for the page's head.

    `media` may be a class with `css` and `js` attributes, as the inner `Media` class of a widget is.
    """

    def __init__(self, media: Any = None, css: Any = None, js: Any = None) -> None:
        if media is not None:
            css, js = getattr(media, "css", {}), getattr(media, "js", [])
        # What was declared is kept apart until it is needed: merging three lists at once knows more about
        # their order than merging two and then the third.
        self._css_lists: list[Mapping[str, Sequence[Any]]] = [css or {}]
        self._js_lists: list[Sequence[Any]] = [js or []]

    def __repr__(self) -> str:
        return f"Media(css={self._css!r}, js={self._js!r})"

    def __str__(self) -> str:
        return self.render()

    @property
    def _css(self) -> dict[str, list[Any]]:
        by_medium: dict[str, list[list[Any]]] = {}
        for declared in self._css_lists:
            for medium, paths in declared.items():
                by_medium.setdefault(medium, []).append(
                    [Stylesheet(path, media=medium) if _is_path(path) else path for path in paths]
                )
        return {medium: self.merge(*lists) for medium, lists in by_medium.items()}

    @property
    def _js(self) -> list[Any]:
        return self.merge(
            *([Script(path) if _is_path(path) else path for path in paths] for paths in self._js_lists)
        )

    def render(self, *, attrs: Mapping[str, Any] | None = None) -> str:
        """All tags, one a line; `attrs` are added to each (a nonce, say)."""
        return mark_safe("\n".join([*self.render_css(attrs=attrs), *self.render_js(attrs=attrs)]))

    def render_js(self, *, attrs: Mapping[str, Any] | None = None) -> list[str]:
        return [_tag(asset, attrs) for asset in self._js]

    def render_css(self, *, attrs: Mapping[str, Any] | None = None) -> list[str]:
        css = self._css
        return [_tag(asset, attrs) for medium in sorted(css) for asset in css[medium]]

    def absolute_path(self, path: str) -> str:
        """The URL of an asset: below STATIC_URL unless it is absolute already."""
        return absolute_path(path)

    def __getitem__(self, name: str) -> Media:
        """The assets of one type: `media["css"]`."""
        if name not in MEDIA_TYPES:
            raise KeyError(f'Unknown media type "{name}"')
        part = Media()
        lists = f"_{name}_lists"
        setattr(part, lists, getattr(self, lists))
        return part

    def __add__(self, other: object) -> Media:
        if not isinstance(other, Media):
            return NotImplemented
        both = Media()
        both._css_lists = _distinct(self._css_lists + other._css_lists)
        both._js_lists = _distinct(self._js_lists + other._js_lists)
        return both

    @staticmethod
    def merge(*lists: Iterable[Any] | None) -> list[Any]:
        """One list that keeps the order of each of the given ones, or warns where that cannot be."""
        graph: TopologicalSorter[Any] = TopologicalSorter()
        given = [list(items) for items in lists if items]
        seen: dict[Any, None] = {}
        for items in given:
            before: Any = None
            for item in items:
                if item not in seen or before is None:
                    graph.add(item)
                if before is not None and item != before:
                    graph.add(item, before)
                seen[item] = None
                before = item
        try:
            return list(graph.static_order())
        except CycleError:
            orders = ", ".join(map(repr, given))
            warnings.warn(
                f"Detected duplicate Media files in an opposite order: {orders}",
                MediaOrderConflictWarning,
                stacklevel=2,
            )
            return list(seen)


def _is_path(asset: Any) -> bool:
    return isinstance(asset, str) and not hasattr(asset, "__html__")


def _tag(asset: Any, attrs: Mapping[str, Any] | None) -> str:
    return asset.render(attrs=attrs) if isinstance(asset, MediaAsset) else asset.__html__()


def _distinct(lists: list[Any]) -> list[Any]:
    kept: list[Any] = []
    for one in lists:
        if one and one not in kept:
            kept.append(one)
    return kept


def media_property(cls: type) -> property:
    """The `media` of a class with an inner `Media` class: its own assets after those of its parents."""

    def media(self: Any) -> Media:
        inherited = getattr(super(cls, self), "media", None) or Media()
        declared = cls.Media  # type: ignore[attr-defined]
        extend = getattr(declared, "extend", True)
        if not extend:
            return Media(declared)
        if extend is not True:
            chosen = Media()
            for name in extend:
                chosen += inherited[name]
            inherited = chosen
        return inherited + Media(declared)

    return property(media)


class MediaDefiningClass(type):
    """Metaclass of what may declare an inner `Media` class: turns it into a `media` property."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        cls = super().__new__(mcs, name, bases, attrs, **kwargs)
        # A plain mixin cannot make a property of its declaration, so that of its first real subclass does.
        declares = "Media" in attrs or any(
            "Media" in vars(base) and not isinstance(base, MediaDefiningClass) for base in cls.__mro__
        )
        if "media" not in attrs and (declares or not hasattr(cls, "media")):
            if declares:
                cls.media = media_property(cls)  # type: ignore[attr-defined]
            else:
                cls.media = property(lambda self: Media())  # type: ignore[attr-defined]
        return cls
