"""How the pages of airfields write numbers, places and ratings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from nuages import template
from nuages.utils.html import format_html
from nuages.utils.safestring import SafeString

register = template.Library()


@register.filter
def thousands(number: float) -> str:
    """28298 → 28,298"""
    return f"{number:,.0f}"


@register.filter
def feet(elevation: float) -> SafeString:
    """An elevation in feet, and in metres for the rest of the world."""
    return format_html("{} ft <small>({} m)</small>", f"{elevation:,.0f}", f"{elevation * 0.3048:,.0f}")


@register.filter
def latitude(degrees: float) -> str:
    """-33.393 → 33.39° S"""
    return f"{abs(degrees):.2f}° {'N' if degrees >= 0 else 'S'}"


@register.filter
def coordinates(place: Any) -> str:
    """51.4706, -0.4619 → 51.47° N, 0.46° W"""
    longitude = f"{abs(place.longitude):.2f}° {'E' if place.longitude >= 0 else 'W'}"
    return f"{latitude(place.latitude)}, {longitude}"


@register.filter
def wall_clock(moment: datetime) -> SafeString:
    """A time as the clock on the wall there shows it, not as the clock of the site."""
    return format_html(
        '<time datetime="{}">{}</time> <small>UTC{}</small>',
        moment.isoformat(timespec="minutes"),
        f"{moment:%A %H:%M}",
        f"{moment:%z}",
    )


@register.simple_tag
def stars(rating: float) -> SafeString:
    """A rating as stars, and in words for those who cannot see them."""
    full = max(0, min(5, round(rating)))
    return format_html(
        '<span class="stars" role="img" aria-label="{} of 5 stars">{}<span class="faint">{}</span></span>',
        full,
        "★" * full,
        "★" * (5 - full),
    )


@register.inclusion_tag("atlas/_map.html")
def dot_map(map: Any, label: str, spot: Any = None) -> dict[str, Any]:
    """The map of the world; with a spot, a ring around one place."""
    return {"map": map, "label": label, "spot": spot}


@register.inclusion_tag("atlas/_bar.html")
def bar(value: float, most: float) -> dict[str, Any]:
    """A bar whose length says how much of the most it is."""
    return {"width": round(max(100 * value / most, 0.5), 1) if most else 0}
