"""What is written for type checkers agrees with what the program does."""

from __future__ import annotations

import ast
import inspect
import textwrap
from pathlib import Path

import pytest

from nuages.db import models
from nuages.db.models.fields.options import COMMON, FieldOptions
from nuages.db.models.query import forwarded
from nuages.utils.generics import Generic


def forwarded_methods() -> dict[str, ast.FunctionDef | ast.Assign]:
    """Return the members of the class `Forwarded`, which exists in the source only."""
    tree = ast.parse(Path(forwarded.__file__).read_text())
    face = next(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))
    members: dict[str, ast.FunctionDef | ast.Assign] = {}
    for node in face.body:
        if isinstance(node, ast.FunctionDef):
            members[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            members[node.targets[0].id] = node
    return members


def shown(arguments: ast.arguments) -> list[tuple[str, str | None]]:
    """Return names and defaults of parameters, the same for source and for a signature that was written out."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    both = [
        *zip(positional, [*defaults, *arguments.defaults]),
        *zip(arguments.kwonlyargs, arguments.kw_defaults),
    ]
    named = [
        (argument.arg, ast.unparse(default) if default is not None else None) for argument, default in both
    ]
    stars = [("*" + one.arg, None) for one in (arguments.vararg,) if one]
    return named + stars + [("**" + one.arg, None) for one in (arguments.kwarg,) if one]


def test_managers_are_declared_with_all_methods_they_have() -> None:
    made = {
        name
        for name, member in inspect.getmembers(models.Manager, inspect.isfunction)
        if not name.startswith("_") and not hasattr(models.manager.BaseManager, name)
    }
    assert made == set(forwarded_methods())


@pytest.mark.parametrize("name", sorted(forwarded_methods()))
def test_a_forwarded_method_has_the_parameters_of_the_query_set(name: str) -> None:
    node = forwarded_methods()[name]
    method = getattr(models.QuerySet, name)
    if isinstance(node, ast.Assign):
        assert ast.unparse(node.value) == f"twin({name[1:]})"
        assert inspect.iscoroutinefunction(method)
        return
    source = ast.parse(textwrap.dedent(inspect.getsource(method)))
    written = next(
        one for one in ast.walk(source) if isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
    )
    assert shown(node.args) == shown(written.args)


def test_the_options_of_fields_are_declared_alike() -> None:
    apart = {"verbose_name", "null"}
    # Not an option that a migration writes: the other side of a relation.
    assert set(FieldOptions.__annotations__) - {"rel"} == {option.name for option in COMMON} - apart


@pytest.mark.parametrize(
    "subscripted", [models.QuerySet, models.Manager, models.ForeignKey, models.CharField]
)
def test_subscripts_give_the_class_itself(subscripted: type) -> None:
    assert subscripted["Post"] is subscripted  # type: ignore[index]
    assert subscripted["Post", "Row", "More", "AndMore"] is subscripted  # type: ignore[index]


def test_generic_costs_no_slot_and_no_init() -> None:
    assert "__dict__" not in dir(Generic()) and "__init__" not in vars(Generic)


def test_fields_and_managers_have_no_descriptor_methods_of_their_own() -> None:
    for kind in (models.Field, models.CharField, models.ForeignKey, models.Manager):
        assert not hasattr(kind, "__get__") and not hasattr(kind, "__set__")
