"""Primary and replica through routers, on two servers that really replicate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from nuages.db import InternalError, connections, models, transaction
from nuages.test.utils import isolate_apps, override_settings
from tests.clusters import Cluster, cluster, replica_of, until

pytestmark = pytest.mark.timeout(300)


class PrimaryReplicaRouter:
    """The router of the manual's example, for one replica."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "replica"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "primary"

    def allow_relation(self, obj1: Any, obj2: Any, **hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "primary"


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[Cluster, Cluster]]:
    pytest.importorskip("psycopg")
    with cluster() as primary, replica_of(primary) as replica:
        yield primary, replica


@pytest.fixture
def note(servers: tuple[Cluster, Cluster]) -> Iterator[Any]:
    """A model with its table on the primary; reading goes to the replica."""
    primary, replica = servers
    configured = connections.configure_settings(
        {"default": {}, "primary": primary.settings, "replica": replica.settings}
    )
    for alias in ("primary", "replica"):
        connections.settings[alias] = configured[alias]
    with isolate_apps("tests"), override_settings(DATABASE_ROUTERS=[PrimaryReplicaRouter()]):

        class Note(models.Model):
            text = models.CharField(max_length=20)
            about = models.ForeignKey("self", models.CASCADE, null=True)

            class Meta:
                app_label = "tests"

        with connections["primary"].schema_editor() as editor:
            editor.create_model(Note)
        try:
            yield Note
        finally:
            with connections["primary"].schema_editor() as editor:
                editor.delete_model(Note)
            for alias in ("primary", "replica"):
                connections[alias].close()
                connections.close_idle(alias)
                del connections[alias], connections.settings[alias]


def caught_up(servers: tuple[Cluster, Cluster]) -> None:
    """Wait until the replica has everything that is on the primary now."""
    primary, replica = servers
    ((place,),) = primary.execute("SELECT pg_current_wal_lsn()::text")
    until(lambda: replica.execute("SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", place) == [(True,)])


def test_what_is_written_on_the_primary_is_read_from_the_replica(
    note: Any, servers: tuple[Cluster, Cluster]
) -> None:
    written = note.objects.create(text="one")
    assert written._state.db == "primary"
    caught_up(servers)
    read = note.objects.get(text="one")
    assert read == written
    assert read._state.db == "replica"
    read.text = "two"
    read.save()
    assert read._state.db == "primary"
    caught_up(servers)
    assert list(note.objects.values_list("text", flat=True)) == ["two"]
    assert note.objects.filter(text="two").update(text="three") == 1
    assert note.objects.filter(text="three").using("primary").delete()[0] == 1


def test_objects_of_both_servers_may_be_related_and_are_followed_where_they_came_from(
    note: Any, servers: tuple[Cluster, Cluster]
) -> None:
    note.objects.create(text="one")
    caught_up(servers)
    of_replica = note.objects.get(text="one")
    note.objects.create(text="two", about=of_replica)
    caught_up(servers)
    assert note.objects.get(text="two").about._state.db == "replica"
    assert [each.text for each in of_replica.note_set.all()] == ["two"]
    assert of_replica.note_set.create(text="three")._state.db == "primary"


def test_a_transaction_on_the_primary_is_seen_by_the_replica_as_a_whole(
    note: Any, servers: tuple[Cluster, Cluster]
) -> None:
    with transaction.atomic(using="primary"):
        note.objects.bulk_create([note(text=str(number)) for number in range(10)])
        caught_up(servers)
        assert note.objects.count() == 0
        assert note.objects.using("primary").count() == 10
    caught_up(servers)
    assert note.objects.count() == 10


def test_writing_to_a_replica_is_refused_and_leaves_the_connection_usable(
    note: Any, servers: tuple[Cluster, Cluster]
) -> None:
    caught_up(servers)
    with pytest.raises(InternalError, match="read-only"):
        note.objects.using("replica").create(text="one")
    with pytest.raises(InternalError, match="read-only"), transaction.atomic(using="replica"):
        note.objects.using("replica").create(text="one")
    assert note.objects.count() == 0


def test_reading_goes_on_while_the_primary_is_away(note: Any, servers: tuple[Cluster, Cluster]) -> None:
    primary, _ = servers
    note.objects.create(text="one")
    caught_up(servers)
    connections["primary"].close()
    primary.stop()
    try:
        assert note.objects.get().text == "one"
    finally:
        primary.start()
    note.objects.create(text="two")
    caught_up(servers)
    assert note.objects.count() == 2
