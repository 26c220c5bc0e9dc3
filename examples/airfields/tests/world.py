"""A world of six airports, as the package describes them."""

from __future__ import annotations

from atlas import loading


def record(icao: str, name: str, country: str, lat: float, lon: float, **more: object) -> dict[str, object]:
    """Return a record as `airportsdata` has it."""
    plain = {"iata": "", "city": "", "subd": "", "elevation": 100.0, "tz": "UTC", "lid": ""}
    return {"icao": icao, "name": name, "country": country, "lat": lat, "lon": lon, **plain, **more}


RECORDS = [
    record("EGLL", "London Heathrow Airport", "GB", 51.4706, -0.4619, iata="LHR", city="London", tz="Europe/London"),
    record("EGWU", "RAF Northolt", "GB", 51.553, -0.4182, iata="NHT", city="London", subd="London"),
    record("00AA", "Aero B Ranch Airport", "US", 38.704, -101.4739, city="Leoti", subd="Kansas", elevation=3435.0),
    record("SPNH", "Laguna Choclococha Airport", "PE", -13.164, -75.0728, elevation=14965.0),
    record("LLMZ", "Bar Yehuda Airfield", "IL", 31.3282, 35.3886, elevation=-1266.0, iata="MTZ"),
    record("CYLT", "Alert Airport", "CA", 82.5178, -62.2806, iata="YLT"),
]  # fmt: skip
NAMES = {"GB": "United Kingdom", "US": "United States", "PE": "Peru", "IL": "Israel", "CA": "Canada"}


def load(records: list[dict[str, object]] = RECORDS) -> int:
    """Load the small world."""
    return loading.load(records, NAMES, lambda *_: None)
