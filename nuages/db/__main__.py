"""`python -m nuages.db show "Post.objects.filter(pk=1)"`: what a query set becomes.

Prints its shape, and for each kind of database that the project uses the SQL, the generated binder and the
generated loader. The project is the one that `NUAGES_SETTINGS_MODULE` (or `DJANGO_SETTINGS_MODULE`) names.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from typing import Any

import nuages

_CLAUSE = re.compile(
    r" (?=(?:FROM|INNER JOIN|LEFT OUTER JOIN|WHERE|GROUP BY|HAVING|ORDER BY|LIMIT|OFFSET|UNION|INTERSECT|EXCEPT)\b)"
)


def main(argv: list[str] | None = None) -> int:
    """Read the arguments and print."""
    parser = argparse.ArgumentParser(prog="python -m nuages.db", description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("show", help="show the shape, SQL, binder and loader of a query set")
    show.add_argument("expression", help='a query set in Python, such as "Post.objects.filter(pk=1)"')
    arguments = parser.parse_args(argv)
    nuages.setup()
    try:
        queryset = evaluate(arguments.expression)
    except Exception as error:
        print(f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ()), sep="\n", file=sys.stderr)
        return 1
    print("\n".join(described(queryset)))
    return 0


def namespace() -> dict[str, Any]:
    """Names an expression may use: all models, and what `nuages.db.models` and its functions offer."""
    from nuages.apps import apps
    from nuages.db import models
    from nuages.db.models import functions

    names = {name: value for name, value in vars(functions).items() if not name.startswith("_")}
    names.update({name: getattr(models, name) for name in models.__all__})
    names["models"] = models
    for model in apps.get_models():
        names[model.__name__] = model
    return names


def evaluate(expression: str) -> Any:
    """The query set that an expression gives."""
    from nuages.db.models import QuerySet

    # The developer's own command line: what it may do is what they may do.
    found = eval(expression, namespace())
    if hasattr(found, "get_queryset"):
        found = found.all()
    if not isinstance(found, QuerySet):
        raise TypeError(f"{expression!r} gives {type(found).__name__}, not a query set.")
    return found


def described(queryset: Any) -> Iterator[str]:
    """Lines about a query set."""
    from nuages.db import connections

    query = queryset.query
    yield f"shape    {query.shape!r}"
    yield f"values   {query.values!r}"
    seen: set[Any] = set()
    for alias in connections:
        connection = connections[alias]
        if connection.dialect in seen:
            continue
        seen.add(connection.dialect)
        yield from _on(queryset, connection)


def _on(queryset: Any, connection: Any) -> Iterator[str]:
    from nuages.db.models.shapes import running

    plan, params = running.planned(queryset.query.shape, queryset.query.values, connection)
    yield ""
    yield f"-- {connection.vendor} ({connection.alias})"
    if plan.statement is None:
        yield "nothing is asked: no row can match"
        return
    yield _CLAUSE.sub("\n", plan.statement.sql)
    yield f"-- parameters {params!r}"
    plan.loader(queryset._iterable_class.kind)
    for source in plan.sources.values():
        yield ""
        yield source.rstrip()


if __name__ == "__main__":
    sys.exit(main())
