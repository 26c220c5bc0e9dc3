"""Maps as SVG paths: many dots in one element, so that a map of the world stays small."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, floor, radians

from atlas.models import Airport
from atlas.projection import HEIGHT, WIDTH, distance_km, project
from nuages.core.cache import cache
from nuages.spine import offload

# Degrees: airports in one cell of this size share a dot.
CELL = 1.25
# A dot is as bright as its cell is busy.
BUSY = (("few", 1, 2), ("some", 3, 8), ("many", 9, 10**9))
WORLD_MAP_KEY = "atlas.world_map"

Place = tuple[float, float]


@dataclass(frozen=True)
class Dots:
    """Dots of one brightness, as the `d` of a path whose line caps are round."""

    kind: str
    path: str


@dataclass(frozen=True)
class Map:
    """A map to be drawn: its size and its dots."""

    width: float
    height: float
    layers: list[Dots]


def world_map() -> Map:
    """Return the map of all airports. It changes only when airports are loaded, so it is kept in the cache."""
    found: Map | None = cache.get(WORLD_MAP_KEY)
    if found is None:
        places = list(Airport.objects.values_list("latitude", "longitude").order_by())
        # Work for the processor alone: in a thread, so that the event loop goes on with other requests.
        found = offload(draw, places)
        cache.set(WORLD_MAP_KEY, found, 24 * 60 * 60)
    return found


def draw(places: Iterable[Place]) -> Map:
    """Return a map of the world with a dot wherever there is an airport."""
    cells = Counter((floor(latitude / CELL), floor(longitude / CELL)) for latitude, longitude in places)
    layers = []
    for kind, least, most in BUSY:
        middles = (
            project((row + 0.5) * CELL, (column + 0.5) * CELL)
            for (row, column), count in sorted(cells.items())
            if least <= count <= most
        )
        layers.append(Dots(kind, "".join(f"M{x:.0f} {y:.0f}h0" for x, y in middles)))
    return Map(round(WIDTH), round(HEIGHT), layers)


@dataclass(frozen=True)
class Neighbour:
    """An airport near another: how far, and where on the little map."""

    airport: Airport
    km: float
    x: float
    y: float


def neighbours(airport: Airport, within_km: float = 120, limit: int = 40) -> list[Neighbour]:
    """Return the airports around one, nearest first, placed on a map 200 wide and high with it in the middle."""
    here = airport.latitude, airport.longitude
    rows = within_km / 111.0
    columns = min(180.0, rows / max(cos(radians(airport.latitude)), 0.02))
    around = Airport.objects.filter(
        latitude__range=(airport.latitude - rows, airport.latitude + rows),
        longitude__range=(airport.longitude - columns, airport.longitude + columns),
    ).exclude(pk=airport.pk)
    found = []
    for other in around.select_related("country"):
        km = distance_km(here, (other.latitude, other.longitude))
        if km <= within_km:
            x = 100 + (other.longitude - airport.longitude) / columns * 96
            y = 100 - (other.latitude - airport.latitude) / rows * 96
            found.append(Neighbour(other, km, round(x, 1), round(y, 1)))
    return sorted(found, key=lambda neighbour: neighbour.km)[:limit]
