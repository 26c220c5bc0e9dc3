"""Bringing airports into the database. Loading twice changes nothing; loading newer data updates what differs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, TypeVar

from atlas.maps import WORLD_MAP_KEY
from atlas.models import Airport, Country, Facility
from nuages.core.cache import cache
from nuages.db import transaction

T = TypeVar("T")
Record = Mapping[str, Any]
Report = Callable[[str, int, int], None]

BATCH = 1000
POLAR_CIRCLE = 66.5633
HIGH_FEET = 8000

# Codes that are in use but not in ISO 3166.
BESIDE_ISO = {"XK": "Kosovo"}


def _named(words: str) -> Callable[[Record], bool]:
    """Return a test whether an airport's name holds one of the words."""
    pattern = re.compile(rf"\b({words})\b", re.IGNORECASE)
    return lambda record: pattern.search(record["name"]) is not None


# What can be told from a record: slug, name, description, and who has it.
FACILITIES: tuple[tuple[str, str, str, Callable[[Record], bool]], ...] = (
    ("airline-code", "Airline code", "Has an IATA code, so a ticket can name it.", lambda r: bool(r["iata"])),
    ("international", "International", "Calls itself international.", _named("international|intl")),
    ("military", "Military", "An air base or an army field.",
     _named("air base|afb|army|air force|raf|naval|nolf|aaf|air station|military|base aerea")),
    ("farm-strip", "Farm strip", "Belongs to a farm, a ranch or a cattle station.",
     _named("farms?|ranch|rancho|fazenda|estancia|hacienda|homestead|station")),
    ("gliding", "Gliding", "Made for flying without an engine.", _named("glider|gliding|soaring")),
    ("water", "On water", "A seaplane base or a water aerodrome.", _named("seaplane|water aerodrome")),
    ("high", "High field", f"Lies {HIGH_FEET:,} feet up or higher: thin air, long run.",
     lambda r: r["elevation"] >= HIGH_FEET),
    ("below-sea", "Below the sea", "Lies lower than the sea.", lambda r: r["elevation"] < 0),
    ("polar", "Polar", "Beyond one of the polar circles.", lambda r: abs(r["lat"]) >= POLAR_CIRCLE),
)  # fmt: skip


def read_airports() -> list[Record]:
    """Return the records of the `airportsdata` package."""
    import airportsdata

    return list(airportsdata.load("ICAO").values())


def read_countries() -> dict[str, str]:
    """Return the name of each country by its code, from the `pycountry` package."""
    import pycountry

    found = {
        country.alpha_2: getattr(country, "common_name", country.name) for country in pycountry.countries
    }
    return found | BESIDE_ISO


@transaction.atomic
def load(records: Iterable[Record], countries: Mapping[str, str], report: Report) -> int:
    """Write countries, facilities and airports; return how many airports there are now."""
    records = list(records)
    _load_countries({record["country"] for record in records}, countries)
    facilities = _load_facilities()
    done = 0
    for batch in batches(records, BATCH):
        Airport.objects.bulk_create(
            [_airport(record) for record in batch],
            update_conflicts=True,
            unique_fields=["ident"],
            update_fields=["iata", "name", "city", "region", "country", "elevation", "latitude", "longitude", "time_zone"],
        )  # fmt: skip
        done += len(batch)
        report("Airports", done, len(records))
    _load_offers(records, facilities, report)
    cache.delete(WORLD_MAP_KEY)
    return Airport.objects.count()


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of at most `size`."""
    remaining = iter(items)
    while batch := list(islice(remaining, size)):
        yield batch


def _airport(record: Record) -> Airport:
    return Airport(
        ident=record["icao"],
        iata=record["iata"],
        name=record["name"],
        city=record["city"],
        region=record["subd"],
        country_id=record["country"],
        elevation=record["elevation"],
        latitude=record["lat"],
        longitude=record["lon"],
        time_zone=record["tz"],
    )


def _load_countries(codes: set[str], names: Mapping[str, str]) -> None:
    Country.objects.bulk_create(
        [Country(code=code, name=names.get(code, code)) for code in sorted(codes)],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name"],
    )


def _load_facilities() -> dict[str, Facility]:
    return {
        slug: Facility.objects.update_or_create(
            slug=slug, defaults={"name": name, "description": description}
        )[0]
        for slug, name, description, _ in FACILITIES
    }


def _load_offers(records: list[Record], facilities: Mapping[str, Facility], report: Report) -> None:
    """Make the many-to-many rows what the records say: add those that are missing, remove those that are too many."""
    offers = Airport.facilities.through
    ids = dict(Airport.objects.values_list("ident", "pk").order_by())
    wanted = {
        (ids[record["icao"]], facilities[slug].pk)
        for record in records
        for slug, _, _, has in FACILITIES
        if has(record)
    }
    present = dict.fromkeys(offers.objects.values_list("airport_id", "facility_id"))
    loaded = {ids[record["icao"]] for record in records}
    gone = [pair for pair in present if pair not in wanted and pair[0] in loaded]
    for airport_id, facility_id in gone:
        offers.objects.filter(airport_id=airport_id, facility_id=facility_id).delete()
    missing = sorted(wanted.difference(present))
    done = 0
    for batch in batches(missing, BATCH):
        offers.objects.bulk_create(
            offers(airport_id=airport_id, facility_id=facility_id) for airport_id, facility_id in batch
        )
        done += len(batch)
        report("Facilities", done, len(missing))
