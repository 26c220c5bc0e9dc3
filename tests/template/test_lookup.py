from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nuages.template import Context, Variable, VariableDoesNotExist
from nuages.template.lookup import Missing, step

Render = Callable[..., str]


class Plain:
    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def method(self) -> str:
        return "called"

    def wants(self, argument: object) -> str:
        raise AssertionError("not to be called")

    def broken(self) -> str:
        raise TypeError("from inside")

    @property
    def wrong(self) -> str:
        raise AttributeError("the property's own")


class Silent(Exception):
    silent_variable_failure = True


def test_key_comes_before_attribute_before_index() -> None:
    assert step("items")({"items": 1}) == 1
    assert list(step("items")({"a": 1})) == [("a", 1)]
    assert step("1")(["zero", "one"]) == "one"
    assert step("1")({1: "by number"}) == "by number"
    assert step("1")({"1": "by text", 1: "by number"}) == "by text"


def test_a_type_seen_once_still_follows_the_object() -> None:
    look = step("maybe")
    assert look(Plain(maybe=1)) == 1
    assert type(look(Plain())) is Missing
    assert look(Plain(maybe=lambda: "fresh")) == "fresh"
    assert look({"maybe": 2}) == 2
    assert type(look({})) is Missing


def test_methods_are_called_unless_they_want_something(render: Render) -> None:
    assert render("{{ o.method }}|{{ o.wants }}", o=Plain()) == "called|"
    with pytest.raises(TypeError, match="from inside"):
        render("{{ o.broken }}", o=Plain())


def test_a_propertys_own_error_is_not_hidden(render: Render) -> None:
    with pytest.raises(AttributeError, match="the property's own"):
        render("{{ o.wrong }}", o=Plain())


def test_methods_that_alter_data_are_not_called(render: Render) -> None:
    def delete() -> None:
        raise AssertionError("called")

    delete.alters_data = True  # type: ignore[attr-defined]
    assert render("{{ o.delete }}{% if o.delete %}x{% endif %}", o=Plain(delete=delete)) == ""


def test_classes_may_refuse_to_be_called(render: Render) -> None:
    class Choices:
        do_not_call_in_templates = True
        one = "first"

    assert render("{{ choices.one }}", choices=Choices) == "first"


def test_silent_errors_show_nothing(render: Render) -> None:
    class Holder:
        def __getitem__(self, key: str) -> str:
            raise Silent

        @property
        def gone(self) -> str:
            raise Silent

    assert render("[{{ h.key }}{{ h.gone }}]", h=Holder()) == "[]"


def test_silent_errors_show_nothing_on_a_type_met_before_either(render: Render) -> None:
    class NoSuchThing(AttributeError):
        silent_variable_failure = True

    class Holder:
        @property
        def gone(self) -> str:
            raise NoSuchThing

    for _ in range(3):
        assert (
            render("[{{ h.gone }}{{ h.gone.name }}{{ h.gone|upper }}{% if h.gone %}x{% endif %}]", h=Holder())
            == "[]"
        )


def test_missing_names_raise_for_callers_of_resolve() -> None:
    with pytest.raises(VariableDoesNotExist, match=r"Failed lookup for key \[b\]"):
        Variable("a.b").resolve(Context({"a": {}}))


def test_missing_filter_arguments_raise(render: Render) -> None:
    with pytest.raises(VariableDoesNotExist):
        render("{{ a|default:b }}", a="")


def test_a_subscriptable_class_has_attributes_not_keys(render: Render) -> None:
    class Rows(list[int]):
        do_not_call_in_templates = True
        label = "rows"

    assert render("{{ rows.label }}", rows=Rows) == "rows"


def test_private_names_are_refused(render: Render) -> None:
    from nuages.template import TemplateSyntaxError

    for source in ("{{ _a }}", "{{ a._b }}", "{% if a.__class__ %}{% endif %}"):
        with pytest.raises(TemplateSyntaxError, match="may not begin with underscores"):
            render(source)
