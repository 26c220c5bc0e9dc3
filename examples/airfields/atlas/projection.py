"""Where a place on the globe lies on the paper: the Equal Earth projection (Šavrič, Patterson and Jenny, 2018)."""

from __future__ import annotations

from math import asin, atan2, cos, radians, sin, sqrt

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_ROOT = sqrt(3)
EARTH_RADIUS_KM = 6371.0

WIDTH = 1000.0
# The easternmost point of the equator, and the pole, in the projection's own units.
_EAST, _POLE = 2.70663, 1.31736
_SCALE = WIDTH / (2 * _EAST)
HEIGHT = 2 * _POLE * _SCALE


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Return x and y on a map `WIDTH` wide and `HEIGHT` high, from its upper left corner."""
    slant = asin(_ROOT / 2 * sin(radians(latitude)))
    square = slant * slant
    sixth = square**3
    stretch = 3 * (9 * _A4 * sixth * square + 7 * _A3 * sixth + 3 * _A2 * square + _A1)
    x = 2 * _ROOT * radians(longitude) * cos(slant) / stretch
    y = slant * (_A1 + _A2 * square + sixth * (_A3 + _A4 * square))
    return (x + _EAST) * _SCALE, (_POLE - y) * _SCALE


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Return the great-circle distance between two places given as (latitude, longitude)."""
    (lat1, lon1), (lat2, lon2) = (map(radians, place) for place in (here, there))
    half = sin((lat2 - lat1) / 2) ** 2 + cos(lat1) * cos(lat2) * sin((lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * atan2(sqrt(half), sqrt(1 - half))
