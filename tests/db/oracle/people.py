"""The rows that random questions are asked about: as plain Python objects, and put into the database."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False)
class Row:
    """One row: its columns, the rows it points at (`one`) and those that point at it (`many`)."""

    model: str
    columns: dict[str, Any]
    one: dict[str, Row | None] = field(default_factory=dict, repr=False)
    many: dict[str, list[Row]] = field(default_factory=dict, repr=False)


def _day(number: int) -> datetime.date:
    return datetime.date(2000, 1, number)


def _rows() -> dict[str, list[Row]]:
    towns = [
        Row("Town", {"id": 1, "name": "a%", "size": 1}),
        Row("Town", {"id": 2, "name": "ab", "size": None}),
        Row("Town", {"id": 3, "name": "", "size": 3}),
    ]
    columns = ("id", "name", "age", "height", "born", "active", "data")
    people = [
        Row("Person", dict(zip(columns, values)))
        for values in [
            (1, "ab", 1, 1.5, _day(1), True, {"k": 1, "t": "a"}),
            (2, "a%", 2, None, None, True, None),
            (3, "a_", None, 0.5, _day(2), False, {"k": None}),
            (4, "ab", 3, 2.0, _day(1), True, {"t": "b", "n": {"k": 2}}),
            (5, "", None, None, _day(3), False, [1, 2]),
            (6, "b'\\", 2, 3.5, None, True, {"k": 2}),
            (7, "ba", 0, 0.0, _day(2), False, "a"),
        ]
    ]
    clubs = [
        Row("Club", {"id": number, "name": name, "level": number % 3})
        for number, name in enumerate(["ab", "b_", "a%", "x"], 1)
    ]
    gifts = [
        Row("Gift", {"id": number, "value": value, "tag": tag}, {"person": people[person - 1]})
        for number, (person, value, tag) in enumerate(
            [
                (1, 1, "ab"),
                (1, 2, "a%"),
                (1, 2, "x"),
                (2, None, "ab"),
                (2, 3, "x"),
                (4, 1, "x"),
                (6, None, ""),
            ],
            1,
        )
    ]
    homes = [1, 1, 2, None, 3, None, 2]
    bosses = [None, 1, 1, 2, None, 4, 7]
    memberships = {1: [1, 2, 3], 2: [1, 4], 3: [], 4: [6, 1]}
    for row, home, boss in zip(people, homes, bosses):
        row.one = {"town": towns[home - 1] if home else None, "boss": people[boss - 1] if boss else None}
        row.many = {
            "team": [],
            "gifts": [gift for gift in gifts if gift.one["person"] is row],
            "clubs": [club for club in clubs if row.columns["id"] in memberships[club.columns["id"]]],
        }
    for row in people:
        if row.one["boss"] is not None:
            row.one["boss"].many["team"].append(row)
    for town in towns:
        town.many = {"people": [row for row in people if row.one["town"] is town]}
    for club in clubs:
        club.many = {"members": [row for row in people if club in row.many["clubs"]]}
    return {"Town": towns, "Person": people, "Club": clubs, "Gift": gifts}


ROWS = _rows()


def save() -> None:
    """Write the rows into the database's tables."""
    from nuages.core.management.color import no_style
    from nuages.db import connection
    from tests.db.oracle.town import models

    tables = [models.Town, models.Person, models.Club, models.Gift]
    for model in tables:
        for row in ROWS[model.__name__]:
            keys = {f"{name}_id": other and other.columns["id"] for name, other in row.one.items()}
            model.objects.create(**row.columns, **keys)
    for club in ROWS["Club"]:
        members = [member.columns["id"] for member in club.many["members"]]
        models.Club.objects.get(pk=club.columns["id"]).members.set(members)
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
