"""The tables that paths are looked up in find what going through the patterns one by one finds."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.urls import Resolver404, URLResolver, include, path, re_path, register_converter
from nuages.urls.converters import REGISTERED_CONVERTERS, get_converters
from nuages.urls.match import tried_in_order
from nuages.urls.resolvers import RegexPattern
from nuages.utils.translation import gettext_lazy

segments = st.sampled_from(
    ["a", "b", "12", "x-1", "<int:i>", "<str:s>", "<slug:g>", "<path:p>", "p<int:n>", "<slug:l>-<int:m>", ""]
)
literal_parts = st.sampled_from(["a", "b", "12", "7", "x-1", "x-1-2", "p5", "p", "", "A"])


def view(request: Any) -> None: ...


def uniquely(parts: list[str]) -> str:
    """Join segments; a parameter occurs once in a route."""
    kept = [part for index, part in enumerate(parts) if "<" not in part or part not in parts[:index]]
    return "/".join(kept)


routes = st.lists(segments, min_size=1, max_size=4).map(uniquely)
expressions = st.sampled_from(
    [
        r"^a/$",
        r"^a/(\d+)/$",
        r"^(?P<r>\w+)/b$",
        r"^a/b",
        r"^12/?$",
        r"b/$",
        r"^(a|b)/(?P<t>.*)$",
        r"^p\d",
        r"^$",
    ]
)


@st.composite
def configurations(draw: Any, depth: int = 2) -> list[Any]:
    nodes: list[Any] = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.integers(0, 3 if depth else 1))
        defaults = draw(st.sampled_from([None, {"i": "default"}, {"extra": 1}]))
        if kind == 0:
            nodes.append(path(draw(routes), view, defaults, name=str(draw(st.integers(0, 99)))))
        elif kind == 1:
            nodes.append(re_path(draw(expressions), view, defaults, name=str(draw(st.integers(0, 99)))))
        elif kind == 2:
            prefix = draw(routes) + draw(st.sampled_from(["/", "/", "/", ""]))
            nodes.append(path(prefix, include(draw(configurations(depth=depth - 1))), defaults))
        else:
            prefix = draw(st.sampled_from(["^a/", "^b", r"^(?P<o>\w)/", "", "^"]))
            nodes.append(re_path(prefix, include(draw(configurations(depth=depth - 1))), defaults))
    return nodes


def one_by_one(
    resolver: Any, rest: str, above: dict[str, Any]
) -> tuple[Any, dict[str, Any], tuple[Any, ...]] | None:
    """The reference: the first pattern that matches, with what was captured on the way."""
    for node in resolver.url_patterns:
        matched = node.pattern.match(rest)
        if not matched:
            continue
        left, args, captured = matched
        kwargs = {**captured, **node.defaults}
        if not node.is_resolver:
            return node, kwargs, args
        found = one_by_one(node, left, kwargs)
        if found:
            leaf, inner, inner_args = found
            merged = {**kwargs, **inner}
            return leaf, merged, inner_args if merged else args + inner_args
    return None


@settings(max_examples=300, deadline=None)
@given(configurations(), st.lists(st.lists(literal_parts, max_size=5).map("/".join), min_size=1, max_size=8))
def test_the_tree_agrees_with_going_through_the_patterns(patterns: list[Any], paths: list[str]) -> None:
    resolver = URLResolver(RegexPattern(r"^/"), patterns)
    for rest in paths:
        expected = one_by_one(resolver, rest, {})
        try:
            found = resolver.resolve("/" + rest)
        except Resolver404 as missing:
            assert expected is None, (rest, expected)
            assert len(missing.args[0]["tried"]) == len(tried_in_order(resolver, rest)[0])
            continue
        assert expected is not None, (rest, found)
        leaf, kwargs, args = expected
        assert (found.url_name, found.kwargs, found.args) == (leaf.name, kwargs, args), rest
        assert found.tried[-1][-1] is leaf


def test_the_first_of_two_matching_patterns_is_taken_whatever_their_kind() -> None:
    for first, second in [("<str:x>/", "a/"), ("a/", "<str:x>/"), ("<path:x>", "a/"), ("a/", "<path:x>")]:
        resolver = URLResolver(
            RegexPattern(r"^/"), [path(first, view, name="first"), path(second, view, name="second")]
        )
        assert resolver.resolve("/a/").url_name == "first"


def test_a_refused_conversion_goes_on_to_the_next_pattern() -> None:
    class Even:
        regex = "[0-9]+"

        def to_python(self, value: str) -> int:
            if int(value) % 2:
                raise ValueError
            return int(value)

        def to_url(self, value: int) -> str:
            return str(value)

    register_converter(Even, "even")
    try:
        resolver = URLResolver(
            RegexPattern(r"^/"), [path("<even:n>/", view, name="even"), path("<int:n>/", view, name="any")]
        )
        assert [resolver.resolve(f"/{n}/").url_name for n in (2, 3)] == ["even", "any"]
    finally:
        del REGISTERED_CONVERTERS["even"]
        get_converters.cache_clear()


def test_a_configuration_may_include_itself() -> None:
    patterns: list[Any] = [path("leaf/", view, name="leaf")]
    patterns.append(path("again/", include(patterns)))
    resolver = URLResolver(RegexPattern(r"^/"), patterns)
    assert resolver.resolve("/again/again/again/leaf/").url_name == "leaf"
    with pytest.raises(Resolver404):
        resolver.resolve("/again/again/")


def test_looking_up_does_not_get_slower_with_more_routes() -> None:
    def tests_run(count: int) -> int:
        resolver = URLResolver(
            RegexPattern(r"^/"), [path(f"r{n}/<int:pk>/", view, name=str(n)) for n in range(count)]
        )
        assert resolver.resolve(f"/r{count - 1}/5/").kwargs == {"pk": 5}
        return len(resolver.lookup._candidates(f"r{count - 1}/5/"))

    assert tests_run(10) == tests_run(3000) == 1


@pytest.mark.parametrize("asked", ["/a/", "/b/1/"])
def test_each_match_has_arguments_of_its_own(asked: str) -> None:
    resolver = URLResolver(
        RegexPattern(r"^/"), [path("a/", view, {"extra": 1}), path("b/<int:i>/", view, {"extra": 1})]
    )
    first, wanted = resolver.resolve(asked), dict(resolver.resolve(asked).kwargs)
    first.kwargs["added"] = first.captured_kwargs["added"] = True  # type: ignore[index]
    second = resolver.resolve(asked)
    assert second.kwargs == wanted and "added" not in (second.captured_kwargs or {})
    assert list(second.tried or ()) == list(first.tried or ()) != []


def test_only_a_path_that_no_language_leads_elsewhere_is_fixed() -> None:
    resolver = URLResolver(
        RegexPattern(r"^/"),
        [
            path("a/", view),
            path("n/", include(([path("", view)], "app"), namespace="n")),
            re_path(r"^x+", include([path("/y/", view)])),
            path(gettext_lazy("z/"), view),
            path("b/", view),
            path("c/<int:i>/", view),
        ],
    )
    fixed = {
        asked: resolver.resolve(asked).is_fixed for asked in ("/a/", "/n/", "/x/y/", "/z/", "/b/", "/c/1/")
    }
    assert fixed == {"/a/": True, "/n/": True, "/x/y/": False, "/z/": False, "/b/": False, "/c/1/": False}


def test_a_resolver_below_the_root_adds_to_its_literal_paths_what_it_captures() -> None:
    resolver = URLResolver(RegexPattern(r"^/(?P<who>\w+)/"), [path("a/", view)])
    assert resolver.resolve("/me/a/").kwargs == {"who": "me"}
    named = URLResolver(RegexPattern(r"^/"), [path("a/", view)], namespace="shop", app_name="shop")
    assert named.resolve("/a/").namespace == "shop"


def test_the_expression_of_a_parameter_is_offered_to_those_who_read_routes() -> None:
    from nuages.urls.resolvers import _PATH_PARAMETER_COMPONENT_RE

    found = [match.groupdict() for match in _PATH_PARAMETER_COMPONENT_RE.finditer("a/<int:pk>/<slug>/")]
    assert found == [{"converter": "int", "parameter": "pk"}, {"converter": None, "parameter": "slug"}]
