"""Random templates against an interpreter written here, slowly and plainly, from what the documentation says."""

from __future__ import annotations

import html
from collections import ChainMap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.template import Context
from tests.template.conftest import engine_of

Scope = ChainMap[str, Any]
MISSING = object()


@dataclass(frozen=True)
class Text:
    text: str

    def source(self) -> str:
        return self.text

    def show(self, scope: Scope) -> str:
        return self.text


@dataclass(frozen=True)
class Expression:
    """A path and filters."""

    path: str
    filters: tuple[str, ...] = ()

    def source(self) -> str:
        return "|".join([self.path, *self.filters])

    def found(self, scope: Scope) -> Any:
        first, *rest = self.path.split(".")
        value = scope.get(first, MISSING)
        for part in rest:
            if isinstance(value, dict):
                value = value.get(part, MISSING)
            elif isinstance(value, list | str) and part.isdigit():
                value = value[int(part)] if int(part) < len(value) else MISSING
            else:
                value = MISSING
        return value

    def value(self, scope: Scope, otherwise: Any = "") -> Any:
        value = self.found(scope)
        value = otherwise if value is MISSING else value
        for name in self.filters:
            value = FILTERS[name](value)
        return value


FILTERS: dict[str, Callable[[Any], Any]] = {
    "upper": lambda value: str(value).upper(),
    "length": lambda value: len(value) if hasattr(value, "__len__") else 0,
    "default:'-'": lambda value: value or "-",
    "default_if_none:'none'": lambda value: "none" if value is None else value,
    "cut:'a'": lambda value: str(value).replace("a", ""),
    "yesno": lambda value: "maybe" if value is None else "yes" if value else "no",
}


@dataclass(frozen=True)
class Show:
    what: Expression

    def source(self) -> str:
        return f"{{{{ {self.what.source()} }}}}"

    def show(self, scope: Scope) -> str:
        return html.escape(str(self.what.value(scope)))


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Any, ...]

    def source(self) -> str:
        return "".join(part.source() for part in self.parts)

    def show(self, scope: Scope) -> str:
        return "".join(part.show(scope) for part in self.parts)


@dataclass(frozen=True)
class If:
    """`left sign right`, or the truth of `left` where there is no sign."""

    left: Expression
    sign: str
    right: Expression
    body: Any
    otherwise: Any

    def source(self) -> str:
        condition = (
            f"{self.left.source()} {self.sign} {self.right.source()}" if self.sign else self.left.source()
        )
        return f"{{% if {condition} %}}{self.body.source()}{{% else %}}{self.otherwise.source()}{{% endif %}}"

    def show(self, scope: Scope) -> str:
        return (self.body if self.holds(scope) else self.otherwise).show(scope)

    def holds(self, scope: Scope) -> bool:
        left, right = self.left.value(scope, None), self.right.value(scope, None)
        try:
            return bool(SIGNS[self.sign](left, right))
        except TypeError:
            return False


SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "": lambda left, right: left,
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "<": lambda left, right: left < right,
    ">=": lambda left, right: left >= right,
    "in": lambda left, right: left in right,
    "not in": lambda left, right: left not in right,
    "is": lambda left, right: left is right,
    "and": lambda left, right: left and right,
    "or not": lambda left, right: left or not right,
}


@dataclass(frozen=True)
class For:
    name: str
    values: Expression
    backwards: bool
    body: Any
    empty: Any

    def source(self) -> str:
        ending = " reversed" if self.backwards else ""
        return (
            f"{{% for {self.name} in {self.values.source()}{ending} %}}{self.body.source()}"
            f"{{% empty %}}{self.empty.source()}{{% endfor %}}"
        )

    def show(self, scope: Scope) -> str:
        values = self.values.value(scope, None)
        values = list(values or ())
        if self.backwards:
            values = values[::-1]
        if not values:
            return self.empty.show(scope.new_child())
        shown = []
        for index, value in enumerate(values):
            loop = {
                "counter": index + 1,
                "counter0": index,
                "revcounter": len(values) - index,
                "first": index == 0,
                "last": index == len(values) - 1,
                "length": len(values),
                "parentloop": scope.get("forloop", {}),
            }
            shown.append(self.body.show(scope.new_child({self.name: value, "forloop": loop})))
        return "".join(shown)


@dataclass(frozen=True)
class With:
    name: str
    value: Expression
    body: Any

    def source(self) -> str:
        return f"{{% with {self.name}={self.value.source()} %}}{self.body.source()}{{% endwith %}}"

    def show(self, scope: Scope) -> str:
        return self.body.show(scope.new_child({self.name: self.value.value(scope)}))


@dataclass(frozen=True)
class Include:
    """The template `part`, which shows `a` and `x`."""

    name: str
    value: Expression
    only: bool

    def source(self) -> str:
        return f"{{% include 'part' with {self.name}={self.value.source()}{' only' if self.only else ''} %}}"

    def show(self, scope: Scope) -> str:
        outer: Scope = ChainMap({}) if self.only else scope
        return PART.show(outer.new_child({self.name: self.value.value(scope)}))


PART = Sequence((Text("["), Show(Expression("a")), Text("/"), Show(Expression("x", ("upper",))), Text("]")))
ENGINE = engine_of({"part": PART.source()})

NAMES = st.sampled_from(["a", "x", "y"])
PATHS = st.sampled_from(
    ["a", "x", "y", "xs", "xs.1", "d.k", "d.xs.0", "d.gone", "gone", "n", "none", "s.0",
     "forloop.counter", "forloop.last", "forloop.parentloop.counter0", "forloop.revcounter", "forloop.length"]
)  # fmt: skip
EXPRESSIONS = st.builds(Expression, PATHS, st.lists(st.sampled_from(sorted(FILTERS)), max_size=2).map(tuple))
LISTS = st.builds(Expression, st.sampled_from(["xs", "d.xs", "gone", "s", "none", "empty"]))
LEAVES = st.one_of(
    st.builds(Text, st.text(alphabet="<&'\"a \n}", max_size=5)),
    st.builds(Show, EXPRESSIONS),
    st.builds(Include, NAMES, EXPRESSIONS, st.booleans()),
)

# Which texts that filters give are the same object is nobody's promise, so that only plain values are asked for it.
PLAIN = st.builds(Expression, PATHS)
COMPARISONS = sorted(SIGNS.keys() - {"is"})
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(lambda parts: Sequence(tuple(parts))),
        st.builds(If, EXPRESSIONS, st.sampled_from(COMPARISONS), EXPRESSIONS, inner, inner),
        st.builds(If, PLAIN, st.just("is"), PLAIN, inner, inner),
        st.builds(For, NAMES, LISTS, st.booleans(), inner, inner),
        st.builds(With, NAMES, EXPRESSIONS, inner),
    ),
    max_leaves=15,
)


def values() -> dict[str, Any]:
    return {
        "a": "<a&'\">",
        "x": 0,
        "xs": ["p", "<q>", ""],
        "d": {"k": "v", "xs": [1, 2]},
        "n": 7,
        "none": None,
        "s": "ab",
        "empty": [],
    }


@settings(max_examples=400)
@given(TREES)
def test_random_templates_show_what_the_plain_interpreter_shows(tree: Any) -> None:
    template = ENGINE.from_string(tree.source())
    expected = tree.show(ChainMap(values()))
    assert template.render(Context(values())) == expected
    assert "".join(template.stream(Context(values()))) == expected
