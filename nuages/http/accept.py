"""Content negotiation: the `Accept` header, read as RFC 9110 section 12.5.1 says."""

from __future__ import annotations

from collections.abc import Iterable

from nuages.utils.functional import cached_property
from nuages.utils.http import parse_header_parameters


class MediaType:
    """One media range of an `Accept` header, or one type that a view can produce."""

    def __init__(self, media_type_raw_line: str | bytes | None) -> None:
        line = (
            media_type_raw_line.decode("latin-1")
            if isinstance(media_type_raw_line, bytes)
            else media_type_raw_line
        )
        try:
            full_type, self.params = parse_header_parameters(line or "")
        except ValueError:
            # A broken parameter (unknown charset) from a client: a range that matches nothing.
            full_type, self.params = "", {}
        self.main_type, _, self.sub_type = full_type.partition("/")

    def __str__(self) -> str:
        named = "".join(f"; {name}={value}" for name, value in self.params.items())
        return (f"{self.main_type}/{self.sub_type}" if self.sub_type else self.main_type) + named

    def __repr__(self) -> str:
        return f"<{type(self).__qualname__}: {self}>"

    @cached_property
    def range_params(self) -> dict[str, str]:
        """The parameters without `q`, which is about preference and not about the type."""
        return {name: value for name, value in self.params.items() if name != "q"}

    @cached_property
    def quality(self) -> float:
        """How much the client wants it, 0 to 1 in thousandths; what makes no sense counts as 1."""
        try:
            quality = float(self.params.get("q", 1))
        except ValueError:
            return 1
        return round(quality, 3) if 0 <= quality <= 1 else 1

    @property
    def specificity(self) -> int:
        """0 for `*/*`, 1 for `text/*`, 2 for `text/html`, 3 where there are parameters too."""
        if self.main_type == "*":
            return 0
        if self.sub_type == "*":
            return 1
        return 3 if self.range_params else 2

    def match(self, other: str | MediaType | None) -> bool:
        """Say whether this type comes under `other`; a wildcard on either side stands for anything.

        A type with parameters comes under a range without any (or with the same), never the other way round.
        """
        if not other:
            return False
        if not isinstance(other, MediaType):
            other = MediaType(other)
        names = (self.main_type, self.sub_type, other.main_type, other.sub_type)
        if not all(names):
            return False
        for mine, theirs in (names[::2], names[1::2]):
            if mine != theirs and "*" not in (mine, theirs):
                return False
        return not other.range_params or self.range_params == other.range_params


class Negotiation:
    """The part of `HttpRequest` that reads `Accept`."""

    META: dict[str, object]

    @cached_property
    def accepted_types(self) -> list[MediaType]:
        """What the client accepts, the most wanted first; what it refuses (`q=0`) is left out."""
        header = str(self.META.get("HTTP_ACCEPT", "*/*"))
        ranges = [MediaType(token) for token in header.split(",") if token.strip()]
        return sorted(
            (accepted for accepted in ranges if accepted.quality > 0),
            key=lambda accepted: (accepted.quality, accepted.specificity),
            reverse=True,
        )

    @cached_property
    def accepted_types_by_precedence(self) -> list[MediaType]:
        """What the client accepts, the most specific first: the order in which a type finds its range."""
        return sorted(
            self.accepted_types,
            key=lambda accepted: (accepted.specificity, accepted.quality),
            reverse=True,
        )

    def accepted_type(self, media_type: str | MediaType) -> MediaType | None:
        """Return the range that says how welcome `media_type` is."""
        wanted = media_type if isinstance(media_type, MediaType) else MediaType(media_type)
        return next(
            (accepted for accepted in self.accepted_types_by_precedence if wanted.match(accepted)), None
        )

    def get_preferred_type(self, media_types: Iterable[str]) -> str | None:
        """Return the one of `media_types` that the client likes best, None if it accepts none of them."""
        best: tuple[float, int] = (0, -1)
        preferred = None
        for media_type in media_types:
            accepted = self.accepted_type(media_type)
            if accepted is not None and (accepted.quality, accepted.specificity) > best:
                best, preferred = (accepted.quality, accepted.specificity), media_type
        return preferred

    def accepts(self, media_type: str) -> bool:
        """Say whether the client accepts a type.

        >>> request.accepts("text/html")  # doctest: +SKIP
        True
        """
        return self.accepted_type(media_type) is not None
