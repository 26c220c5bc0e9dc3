"""A few visits and reviews, so that the logbook of a new site is not empty. Nobody can log in as their authors."""

from __future__ import annotations

from datetime import timedelta

from atlas.models import Airport

from logbook.models import Review, Visit
from nuages.contrib.auth import get_user_model
from nuages.utils import timezone

SAMPLES = (
    ("amelia", "VQPR", 5, "Hold your breath, then breathe out", "The valley turns twice before you see the runway. Sit on the left for the monasteries."),
    ("amelia", "EGPR", 5, "The tide writes the timetable", "Landing on the beach is exactly as good as it sounds. The soup in the terminal is better."),
    ("amelia", "LPMA", 4, "A runway on stilts", "Columns over the sea, wind from everywhere, and everybody claps."),
    ("bessie", "VNLK", 5, "Uphill in every sense", "Short, steep, and closed by noon when the clouds come up. The walk starts at the fence."),
    ("bessie", "KJFK", 3, "Bring a book", "The flight centre is a joy to look at. The queue for the taxiway is long enough to finish it."),
    ("bessie", "TNCM", 4, "Mind the fence", "The beach bar writes arrivals on a surfboard."),
    ("santos", "LFLJ", 4, "Ski in, fly out", "Eighteen and a half per cent of slope. One learns what flare means."),
    ("santos", "WSSS", 5, "An airport with a butterfly garden", "Missed my connection on purpose."),
    ("santos", "SBRJ", 5, "The best approach in any city", "Past the Sugarloaf, around the bay and down between the ferries."),
    ("santos", "EDDB", 3, "It opened", "Clean, quiet and worth the wait, I am told."),
)  # fmt: skip


def write_samples() -> int:
    """Write the samples whose airports there are, unless they are there; return how many there are."""
    people = {
        name: get_user_model().objects.get_or_create(username=name, defaults={"password": "!"})[0]
        for name in sorted({name for name, *_ in SAMPLES})
    }
    today = timezone.localdate()
    count = 0
    airports = {
        airport.ident: airport for airport in Airport.objects.filter(ident__in=[s[1] for s in SAMPLES])
    }
    for number, (name, ident, rating, title, text) in enumerate(SAMPLES):
        if (airport := airports.get(ident)) is None:
            continue
        user = people[name]
        Review.objects.get_or_create(
            user=user, airport=airport, defaults={"rating": rating, "title": title, "text": text}
        )
        if not Visit.objects.filter(user=user, airport=airport).exists():
            Visit.objects.create(user=user, airport=airport, day=today - timedelta(days=3 + 11 * number))
        count += 1
    return count
