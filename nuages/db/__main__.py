"""`python -m nuages.db show "Post.objects.filter(pk=1)"`: what a query set becomes.

Prints its shape, and for each kind of database the SQL, the generated binder and the generated loader: those that
the project uses, and the other built-in ones, which need not be there for that. With `.explain()` behind the query
set the database's own plan follows. The project is the one that `NUAGES_SETTINGS_MODULE` (or
`DJANGO_SETTINGS_MODULE`) names.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import re
import sys
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import nuages

#: Databases that SQL is shown for whether the project uses them or not.
ENGINES = ("sqlite3", "postgresql")

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
        print("\n".join(shown(arguments.expression)))
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        print(message, *getattr(error, "__notes__", ()), sep="\n", file=sys.stderr)
        return 1
    return 0


def shown(expression: str) -> Iterator[str]:
    """Lines about the query set that an expression gives; raises what is wrong with it."""
    inner, options = without_explain(expression)
    queryset = evaluate(inner)
    yield from described(queryset)
    if options is not None:
        yield ""
        yield f"-- {queryset.db} explains"
        yield queryset.explain(**options)


def without_explain(expression: str) -> tuple[str, dict[str, Any] | None]:
    """The expression before a final `.explain(…)`, and the options given there; None where there is none."""
    try:
        node = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError as error:
        error.add_note(f"    {error.text}\n    {' ' * ((error.offset or 1) - 1)}^")
        raise
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "explain"
    ):
        return expression.strip(), None
    given = [ast.keyword("format", one) for one in node.args] + node.keywords
    options = {one.arg: ast.literal_eval(one.value) for one in given if one.arg is not None}
    return ast.unparse(node.func.value), options


def namespace() -> dict[str, Any]:
    """Names an expression may use: models, app labels, and what `nuages.db.models` and its functions offer."""
    from nuages.apps import apps
    from nuages.db import models
    from nuages.db.models import functions

    found = list(apps.get_models())
    names: dict[str, Any] = {}
    for label in dict.fromkeys(model._meta.app_label for model in found):
        inside = {model.__name__: model for model in found if model._meta.app_label == label}
        names[label] = SimpleNamespace(**inside)
    names.update({name: value for name, value in vars(functions).items() if not name.startswith("_")})
    names.update({name: getattr(models, name) for name in models.__all__})
    names["models"] = models
    # Of several models of one name, the label in front says which is meant.
    names.update({model.__name__: model for model in reversed(found)})
    return names


def evaluate(expression: str) -> Any:
    """The query set that an expression gives."""
    from nuages.db.models import Model, QuerySet

    known = namespace()
    try:
        # The developer's own command line: what it may do is what they may do.
        found = eval(expression, dict(known))
    except NameError as error:
        close = difflib.get_close_matches(str(error.name), known, n=3)
        if close:
            error.add_note(f"Did you mean {' or '.join(close)}?")
        models = sorted(name for name, value in known.items() if _is_model(value))
        error.add_note(f"Models: {', '.join(models) or 'none; is this the right settings module?'}")
        raise
    if isinstance(found, type) and issubclass(found, Model):
        found = found._default_manager
    if hasattr(found, "get_queryset"):
        found = found.all()
    if not isinstance(found, QuerySet):
        refused = TypeError(f"{expression!r} gives {type(found).__name__}, not a query set.")
        node = ast.parse(expression, mode="eval").body
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            refused.add_note(
                f"Leave the last call, .{node.func.attr}(), away to see the query set before it."
            )
        raise refused
    return found


def _is_model(value: Any) -> bool:
    return isinstance(value, type) and hasattr(value, "_meta")


def described(queryset: Any) -> Iterator[str]:
    """Lines about a query set."""
    query = queryset.query
    yield f"shape    {query.shape!r}"
    yield f"values   {query.values!r}"
    if not query.shape.interned:
        yield "planned anew for each execution: its SQL may depend on its values"
    for connection, name in _connections():
        yield ""
        yield f"-- {connection.vendor} ({name})"
        yield from _on(queryset, connection)


def _connections() -> Iterator[tuple[Any, str]]:
    """A connection for each kind of database: the project's own, then others that are never opened."""
    from nuages.core.exceptions import ImproperlyConfigured
    from nuages.db import connections
    from nuages.db.handler import load_backend

    seen: set[type] = set()
    for alias in connections:
        connection = connections[alias]
        if type(connection) not in seen:
            seen.add(type(connection))
            yield connection, alias
    for engine in ENGINES:
        path = f"nuages.db.backends.{engine}"
        try:
            backend = load_backend(path)
        except (ImportError, ImproperlyConfigured):
            # Without its driver a database cannot be spoken for.
            continue
        if backend.DatabaseWrapper not in seen:
            configured = connections.configure_settings({"default": {"ENGINE": path, "NAME": "unconnected"}})
            yield backend.DatabaseWrapper(configured["default"], "default"), "not used by this project"


def _on(queryset: Any, connection: Any) -> Iterator[str]:
    from nuages.core.exceptions import FieldError
    from nuages.db import DatabaseError
    from nuages.db.models.shapes import plan as planning
    from nuages.db.models.shapes.filling import filled_shape
    from nuages.db.models.shapes.slots import Opaque

    shape, values = queryset.query.shape, queryset.query.values
    try:
        # Not kept with the shape: this connection may be one that is never opened.
        try:
            plan = planning.make(shape, connection)
            params = plan.bind(values, connection) if plan.statement is not None else ()
        except Opaque:
            plan = planning.make(filled_shape(shape, values), connection)
            params = plan.bind((), connection) if plan.statement is not None else ()
    except (DatabaseError, FieldError, NotImplementedError) as error:
        yield f"cannot be asked here: {type(error).__name__}: {error}"
        return
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
