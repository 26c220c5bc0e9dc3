"""What is wrong with the databases when a site begins to be served.

It is served all the same: a database may come up later, and some addresses may need none. Looking takes the migrations
of all apps, and a database that does not answer may keep one waiting for minutes; a process of its own does that, so
that neither the start of the server nor its memory pays for it.
"""

from __future__ import annotations

import multiprocessing
import signal
import sys
from collections.abc import Iterator

import nuages
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import DEFAULT_DB_ALIAS, DatabaseError, connections
from nuages.utils.log import with_advice


def look_aside() -> None:
    """Write what is wrong to standard error, from another process."""
    multiprocessing.Process(target=_look, daemon=True).start()


def _look() -> None:
    # Ctrl-C is for the server to talk about.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    nuages.setup(set_prefix=False)
    try:
        for complaint in complaints():
            sys.stderr.write(f"{complaint}\n")
    except Exception as error:  # of the project's own migrations, routers or receivers
        sys.stderr.write(f"The databases could not be looked at: {type(error).__name__}: {error}\n")


def complaints() -> Iterator[str]:
    """Find the databases that cannot be reached, and migrations that the default one has not seen; a line for each."""
    for alias in connections:
        try:
            connections[alias].ensure_connection()
            if alias == DEFAULT_DB_ALIAS:
                yield from _unapplied()
        except ImproperlyConfigured:
            # The project has no database.
            continue
        except DatabaseError as error:
            yield f"The database {alias!r} does not answer: {with_advice(error)}"
        finally:
            connections[alias].close()


def _unapplied() -> Iterator[str]:
    from nuages.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        labels = sorted({migration.app_label for migration, _ in plan})
        yield (
            f"Migrations that are not applied: {len(plan)}, of {', '.join(labels)}. `python manage.py migrate` applies "
            "them; requests may fail until then."
        )
