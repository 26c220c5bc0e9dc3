"""A function that works on names and one that works on the Context mean the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from nuages.template import Context
from tests.template.conftest import engine_of

NAMES = st.sampled_from(
    ["a", "b", "xs", "d.k", "d.none", "missing", "forloop.counter", "forloop.last", "fn", "0.5"]
)
FILTERS = st.sampled_from(
    ["", "", "|upper", "|default:'-'", "|default_if_none:b", "|length", "|add:'1'", "|escape"]
)
VALUES = st.builds(str.__add__, NAMES, FILTERS)
ASSIGNED = st.sampled_from(["a", "b", "c"])

LEAVES = st.one_of(
    st.sampled_from(
        ["text", "<b>", "{# note #}", "{% include 'row' %}", "{% include 'row' with a=b only %}"]
    ),
    st.builds("{{{{ {} }}}}".format, VALUES),
    st.builds("{{% firstof {} {} as {} %}}".format, VALUES, VALUES, ASSIGNED),
    st.builds("{{% cycle {} 'z' %}}".format, VALUES),
    st.builds("{{% firstof {} %}}".format, VALUES),
    st.builds("{{% widthratio {} 10 100 as {} %}}".format, VALUES, ASSIGNED),
)


def nested(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.lists(inner, max_size=3).map("".join),
        st.builds("{{% if {} %}}{}{{% else %}}{}{{% endif %}}".format, VALUES, inner, inner),
        st.builds("{{% if {} == {} or not {} %}}{}{{% endif %}}".format, VALUES, VALUES, VALUES, inner),
        st.builds("{{% if {} > 1 and {} in d %}}{}{{% endif %}}".format, VALUES, VALUES, inner),
        st.builds("{{% for {} in xs %}}{}{{% empty %}}{}{{% endfor %}}".format, ASSIGNED, inner, inner),
        st.builds("{{% for a, c in pairs reversed %}}{}{{% endfor %}}".format, inner),
        st.builds("{{% with {}={} %}}{}{{% endwith %}}".format, ASSIGNED, VALUES, inner),
        st.builds("{{% autoescape off %}}{}{{% endautoescape %}}".format, inner),
        st.builds("{{% filter lower %}}{}{{% endfilter %}}".format, inner),
        st.builds("{{% ifchanged {} %}}{}{{% else %}}{}{{% endifchanged %}}".format, VALUES, inner, inner),
        st.builds("{{% ifchanged %}}{}{{% endifchanged %}}".format, inner),
        st.builds("{{% spaceless %}}{}{{% endspaceless %}}".format, inner),
        st.builds("{{% cycle 'p' 'q' as c silent %}}{}{{% cycle c %}}{{{{ c }}}}".format, inner),
    )


SOURCES = st.recursive(LEAVES, nested, max_leaves=12)
ENGINE = engine_of({"row": "[{{ a }}{{ c }}{{ forloop.counter }}{% ifchanged a %}!{% endifchanged %}]"})


def values() -> dict[str, Any]:
    return {
        "a": "<A>",
        "b": 2,
        "xs": ["x", "", "&"],
        "pairs": [(1, "one"), (2, "two")],
        "d": {"k": "v", "none": None},
        "fn": lambda: "called",
    }


def outcome(run: Any) -> Any:
    try:
        return str(run())
    except Exception as error:
        return type(error).__name__, str(error.args[0])


@settings(max_examples=250, deadline=None)
@given(SOURCES)
def test_names_and_context_give_the_same_output(source: str) -> None:
    template = ENGINE.from_string(source)
    assert not template.root.live

    def lively() -> str:
        context = Context(values())
        with context.render_context.push_state(template), context.bind_template(template):
            return template.nodelist.render(context)

    plain = outcome(lambda: template.render(Context(values())))
    assert plain == outcome(lively)
    assert plain == outcome(lambda: "".join(template.stream(Context(values()))))


@settings(max_examples=100, deadline=None)
@given(SOURCES)
def test_a_context_is_left_with_the_same_variables(source: str) -> None:
    template = ENGINE.from_string(source)
    plain, live = Context(values()), Context(values())
    results = []
    for context, run in ((plain, template.render), (live, template.nodelist.render)):
        if context is live:
            with context.render_context.push_state(template), context.bind_template(template):
                results.append(outcome(lambda run=run, context=context: run(context)))
        else:
            results.append(outcome(lambda run=run, context=context: run(context)))
    if isinstance(results[0], str):
        keys = {"a", "b", "c"}
        assert {key: plain.get(key) for key in keys} == {key: live.get(key) for key in keys}
