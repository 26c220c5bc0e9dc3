"""The interface that tags of third parties are written against, as the documentation describes it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from nuages.template import (
    Context,
    Engine,
    Library,
    Node,
    NodeList,
    RequestContext,
    TemplateSyntaxError,
    Variable,
    instrumentation,
)
from nuages.template.base import (
    FilterExpression,
    Parser,
    Template,
    TextNode,
    Token,
    TokenType,
    VariableDoesNotExist,
    VariableNode,
    token_kwargs,
)
from nuages.template.defaulttags import ForNode, IfNode
from nuages.template.loader_tags import BlockNode, IncludeNode
from nuages.test import RequestFactory
from nuages.test.instrumentation import instrument_templates
from nuages.test.signals import template_rendered
from nuages.utils.html import conditional_escape, format_html
from nuages.utils.safestring import SafeString, mark_safe
from tests.template.conftest import engine_of

Tag = Callable[[Parser, Token], Node]


@pytest.fixture
def register() -> Library:
    return Library()


def rendered(library: Library, source: str, templates: dict[str, str] | None = None, **values: Any) -> str:
    return engine_with(library, templates).from_string(source).render(Context(values))


def engine_with(library: Library, templates: dict[str, str] | None = None, **options: Any) -> Engine:
    engine = engine_of(templates, **options)
    engine.template_builtins.append(library)
    return engine


# A tag as the how-to writes it


class CurrentTimeNode(Node):
    def __init__(self, date: str, format_string: str) -> None:
        self.date = Variable(date)
        self.format_string = format_string

    def render(self, context: Context) -> str:
        try:
            return self.date.resolve(context).strftime(self.format_string)  # type: ignore[no-any-return]
        except VariableDoesNotExist:
            return ""


def format_time(parser: Parser, token: Token) -> CurrentTimeNode:
    try:
        _tag_name, date, format_string = token.split_contents()
    except ValueError:
        raise TemplateSyntaxError(
            f"{token.contents.split()[0]!r} tag requires exactly two arguments"
        ) from None
    return CurrentTimeNode(date, format_string[1:-1])


def test_a_tag_that_reads_a_variable(register: Library) -> None:
    register.tag("format_time", format_time)
    source = (
        "{% for day in days %}{% format_time day.date '%d of %B' %};{% endfor %}{% format_time gone '%d' %}"
    )
    days = [{"date": datetime.date(2026, 1, 2)}, {"date": datetime.date(2026, 3, 4)}]
    assert rendered(register, source, days=days) == "02 of January;04 of March;"


def test_its_own_refusal_is_marked_with_its_place(register: Library) -> None:
    register.tag("format_time", format_time)
    with pytest.raises(
        TemplateSyntaxError, match="'format_time' tag requires exactly two arguments"
    ) as caught:
        engine_with(register).from_string("\n  {% format_time x %}")
    assert "line 2, column 3: {% format_time x %}" in caught.value.__notes__[0]


def test_an_error_while_rendering_is_marked_with_its_place(register: Library) -> None:
    register.tag("format_time", format_time)
    with pytest.raises(AttributeError) as caught:
        rendered(register, "{% if 1 %}\n{% format_time x '%d' %}{% endif %}", x=1)
    assert (
        "In template <unknown source>, line 2, column 1: {% format_time x '%d' %}" in caught.value.__notes__
    )


# Parsing


class PartsNode(Node):
    child_nodelists = ("first", "second")

    def __init__(
        self, first: NodeList, second: NodeList, value: FilterExpression, options: dict[str, Any]
    ) -> None:
        self.first, self.second, self.value, self.options = first, second, value, options

    def render(self, context: Context) -> SafeString:
        options = {name: value.resolve(context) for name, value in self.options.items()}
        with context.push(**options):
            chosen = self.first if self.value.resolve(context, ignore_failures=True) else self.second
            return chosen.render(context)


def parts(parser: Parser, token: Token) -> PartsNode:
    name, value, *words = token.split_contents()
    options = token_kwargs(words, parser)
    if words:
        raise TemplateSyntaxError(f"{name} got unexpected {words}")
    first = parser.parse(("otherwise", "endparts"))
    second = NodeList()
    if parser.next_token().contents == "otherwise":
        second = parser.parse(("endparts",))
        parser.delete_first_token()
    return PartsNode(first, second, parser.compile_filter(value), options)


def test_a_tag_with_two_bodies_filters_and_keyword_arguments(register: Library) -> None:
    register.tag(parts)
    source = (
        "{% parts x|lower y='z' w=x|upper %}{{ y }}{{ w }}{% otherwise %}none{{ y }}{% endparts %}{{ y }}"
    )
    assert rendered(register, source, x="a") == "zA"
    assert rendered(register, source, x="", y="!") == "nonez!"


def test_its_bodies_are_found_by_type(register: Library) -> None:
    register.tag(parts)
    template = engine_with(register, {"i": ""}).from_string(
        "{% parts x %}{% if a %}{{ b }}{% endif %}{% otherwise %}{% for c in d %}{% include 'i' %}{% endfor %}{% endparts %}"
        "{% block e %}{{ f }}{% endblock %}"
    )
    counts = {
        kind: len(template.nodelist.get_nodes_by_type(kind))
        for kind in (PartsNode, IfNode, ForNode, IncludeNode)
    }
    assert counts == {PartsNode: 1, IfNode: 1, ForNode: 1, IncludeNode: 1}
    names = [node.filter_expression.token for node in template.nodelist.get_nodes_by_type(VariableNode)]
    assert names == ["b", "f"]
    assert [node.name for node in template.nodelist.get_nodes_by_type(BlockNode)] == ["e"]
    assert len(list(template)) == len(template.nodelist.get_nodes_by_type(Node))


def test_a_tag_may_skip_what_it_holds(register: Library) -> None:
    @register.tag
    def skip(parser: Parser, token: Token) -> TextNode:
        parser.skip_past("endskip")
        return TextNode("[skipped]")

    assert rendered(register, "a{% skip %}{% nonsense %}{{ !! }}{% endskip %}b") == "a[skipped]b"
    with pytest.raises(
        TemplateSyntaxError, match=r"Unclosed tag on line 1: 'skip'\. Looking for one of: endskip\."
    ):
        rendered(register, "{% skip %}")


def test_a_tag_may_look_at_tokens_and_put_one_back(register: Library) -> None:
    @register.tag
    def peek(parser: Parser, token: Token) -> TextNode:
        following = parser.next_token()
        parser.prepend_token(following)
        return TextNode(f"<{following.token_type.name} {following.contents} {following.lineno}>")

    assert rendered(register, "{% peek %}{{ x }}", x=1) == "<VAR x 1>1"


def test_a_tag_may_leave_things_on_the_parser_for_the_next(register: Library) -> None:
    @register.tag
    def count(parser: Parser, token: Token) -> TextNode:
        number = parser.__dict__["counted"] = parser.__dict__.get("counted", 0) + 1
        return TextNode(str(number))

    assert rendered(register, "{% count %}{% if 1 %}{% count %}{% endif %}{% count %}") == "123"


def test_words_of_a_tag() -> None:
    token = Token(TokenType.BLOCK, """tag a.b|default:"x y" _('p q')|upper k='v w' "it's" """)
    assert token.split_contents() == ["tag", 'a.b|default:"x y"', "_('p q')|upper", "k='v w'", '"it\'s"']


def test_a_node_without_render_says_so() -> None:
    with pytest.raises(NotImplementedError, match="Bare needs a render"):
        type("Bare", (Node,), {})().render(Context())


def test_a_node_knows_its_token_and_origin() -> None:
    (node,) = engine_of({"page": "{{ x }}"}).get_template("page").nodelist
    assert (node.token.contents, node.origin.template_name) == ("x", "page")


# Variables and expressions by hand


def test_variables_are_looked_up_by_hand() -> None:
    class Article:
        section = "News"

        def title(self) -> str:
            return "T"

    context = Context({"article": Article(), "numbers": [1, 2], "d": {"k": None}})
    found = [
        Variable(name).resolve(context)
        for name in ("article.section", "article.title", "numbers.1", "d.k", "1.5", "'q'")
    ]
    assert found == ["News", "T", 2, None, 1.5, "q"]
    with pytest.raises(VariableDoesNotExist, match=r"Failed lookup for key \[gone\]"):
        Variable("article.gone").resolve(context)
    with pytest.raises(TemplateSyntaxError, match="may not begin with underscores"):
        Variable("article._secret")


def test_expressions_are_compiled_and_resolved_by_hand() -> None:
    engine = engine_of()
    parser = Parser([], engine.template_libraries, engine.template_builtins)
    expression = parser.compile_filter("name|default:fallback|upper")
    assert isinstance(expression, FilterExpression)
    assert [function.__name__ for function, _ in expression.filters] == ["default", "upper"]
    assert expression.resolve(Context({"name": "", "fallback": "b"})) == "B"
    assert parser.compile_filter("gone").resolve(Context(), ignore_failures=True) is None


def test_node_lists_render_by_hand() -> None:
    context = Context({"x": "&"})
    nodes = NodeList([TextNode("<"), TextNode(">")])
    assert nodes.render(context) == "<>"
    template = engine_of().from_string("{{ x }}{% if x %}!{% endif %}")
    with context.bind_template(template):
        shown = template.nodelist.render(context)
    assert (shown, type(shown)) == ("&amp;!", SafeString)


# Tags and filters made of functions


def test_filters_with_every_flag(register: Library) -> None:
    @register.filter(is_safe=True)
    def add_xx(value: str) -> str:
        return f"{value}xx"

    @register.filter(name="initial", needs_autoescape=True)
    def initial_letter(text: str, autoescape: bool = True) -> str:
        escape = conditional_escape if autoescape else str
        return mark_safe(f"<b>{escape(text[0])}</b>{escape(text[1:])}")  # type: ignore[no-any-return]

    @register.filter(expects_localtime=True)
    def zone(value: datetime.datetime) -> str:
        return str(value.tzname())

    register.filter("cut_to", lambda value, size=2: value[:size])
    source = (
        "{{ x|add_xx }}{{ s|add_xx }}{{ x|initial }}{% autoescape off %}{{ x|initial }}{% endautoescape %}"
    )
    assert rendered(register, source, x="&a", s=mark_safe("<i>")) == "&amp;axx<i>xx<b>&amp;</b>a<b>&</b>a"
    assert rendered(register, "{{ x|cut_to }}{{ x|cut_to:1 }}", x="abc") == "aba"
    now = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    assert (
        rendered(register, "{% load tz %}{% timezone 'Asia/Tokyo' %}{{ now|zone }}{% endtimezone %}", now=now)
        == "JST"
    )


def test_simple_tags(register: Library) -> None:
    @register.simple_tag(takes_context=True, name="greet")
    def greeting(context: Context, word: str, *names: str, mark: str = "!", **more: str) -> str:
        context["greeted"] = len(names)
        return f"{word} {context['title']} {' '.join(names)}{mark}{sorted(more.items())}"

    @register.simple_tag
    def button(label: str) -> str:
        return format_html("<button>{}</button>", label)

    source = "{% greet 'Hi' a b mark='?' c=a %}|{{ greeted }}|{% greet 'Yo' as kept %}{{ kept }}"
    shown = rendered(register, source, title="Dr", a="<A>", b="B")
    assert shown == "Hi Dr &lt;A&gt; B?[(&#x27;c&#x27;, &#x27;&lt;A&gt;&#x27;)]|2|Yo Dr ![]"
    assert rendered(register, "{% button x %}", x="<") == "<button>&lt;</button>"


def test_simple_block_tags(register: Library) -> None:
    @register.simple_block_tag(takes_context=True, end_name="stop")
    def box(context: Context, content: str, level: int = 1) -> str:
        return format_html("<h{}>{}{}</h{}>", level, content, context["x"], level)

    assert rendered(register, "{% box %}{{ x }}<{% stop %}", x="&") == "<h1>&amp;<&amp;</h1>"
    assert rendered(register, "{% box level=2 as y %}a{% stop %}[{{ y }}]", x="") == "[<h2>a</h2>]"
    with pytest.raises(TemplateSyntaxError, match="'bad' must have a first argument of 'content'"):
        register.simple_block_tag(lambda text: "", name="bad")


def test_inclusion_tags(register: Library) -> None:
    @register.inclusion_tag("results.html", takes_context=True)
    def results(context: Context, poll: dict[str, Any]) -> dict[str, Any]:
        return {"choices": poll["choices"], "title": context["title"]}

    register.inclusion_tag("results.html", name="plain")(lambda: {"choices": ["only"]})
    templates = {
        "results.html": "{{ title }}:{% for c in choices %}{{ c }},{% endfor %}{{ hidden }}{{ csrf_token }}"
    }
    source = "{% for p in polls %}{% results p %}{% endfor %}{% plain %}"
    polls = [{"choices": "ab"}, {"choices": ["<"]}]
    shown = rendered(register, source, templates, polls=polls, title="T", hidden="h", csrf_token="t")
    assert shown == "T:a,b,tT:&lt;,t:only,t"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("{% two 1 %}", "'two' did not receive value(s) for the argument(s): 'b'"),
        ("{% two 1 2 3 %}", "'two' received too many positional arguments"),
        ("{% two 1 c=3 %}", "'two' received unexpected keyword argument 'c'"),
        ("{% two a=1 2 %}", "'two' received some positional argument(s) after some keyword argument(s)"),
        ("{% two 1 a=2 %}", "'two' received multiple values for keyword argument 'a'"),
        ("{{ 1|plus }}", "plus requires 2 arguments, 1 provided"),
        ("{{ 1|plus:2:3 }}", "Could not parse the remainder"),
    ],
)
def test_wrong_arguments_are_refused(register: Library, source: str, message: str) -> None:
    @register.simple_tag
    def two(a: int, b: int) -> int:
        return a + b

    register.filter("plus", lambda value, other: value + other)
    with pytest.raises(TemplateSyntaxError) as caught:
        rendered(register, source)
    assert message in str(caught.value)


# What a custom tag finds in the context


class ContextNode(Node):
    def __init__(self, look: Callable[[Any], Any]) -> None:
        self.look = look

    def render(self, context: Context) -> str:
        return str(self.look(context))


def test_the_context_of_a_custom_tag_is_whole(register: Library) -> None:
    look: list[Callable[[Any], Any]] = []

    @register.tag
    def ask(parser: Parser, token: Token) -> ContextNode:
        return ContextNode(lambda context: look[0](context))

    request = RequestFactory().get("/path/")
    engine = engine_with(
        register,
        {"page": "{% with y=2 %}{% ask %}{% endwith %}"},
        context_processors=["nuages.template.context_processors.request"],
    )
    for question, answer in (
        (lambda c: c.template.name, "page"),
        (lambda c: c.template.engine is engine, "True"),
        (lambda c: c.render_context.template.name, "page"),
        (lambda c: c["y"], "2"),
        (lambda c: c.request.path, "/path/"),
        (lambda c: c["request"].path, "/path/"),
        (lambda c: c.autoescape, "True"),
        (lambda c: "x" in c and c.get("gone", "no"), "no"),
        (lambda c: c.template.engine.get_template("page").name, "page"),
        (lambda c: sorted(c.flatten()), "['False', 'None', 'True', 'csrf_token', 'request', 'x', 'y']"),
    ):
        look[:] = [question]
        assert engine.get_template("page").render(RequestContext(request, {"x": 1})) == answer


def test_render_context_is_for_one_rendering(register: Library) -> None:
    class CycleNode(Node):
        def render(self, context: Context) -> str:
            state = context.render_context
            state[self] = state.get(self, 0) + 1  # type: ignore[index]
            return str(state[self])

    register.tag("turn", lambda parser, token: CycleNode())
    template = engine_with(register).from_string("{% for x in xs %}{% turn %}{% endfor %}")
    assert [template.render(Context({"xs": "abc"})) for _ in range(2)] == ["123", "123"]


# Signals of the test client


@pytest.fixture
def told() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    found: list[tuple[str, dict[str, Any]]] = []

    def receive(sender: Template, template: Template, context: Context, **kwargs: Any) -> None:
        found.append((str(template.name), context.flatten()))

    was_on = instrumentation.announce is not None
    instrument_templates(True)
    template_rendered.connect(receive)
    yield found
    template_rendered.disconnect(receive)
    instrument_templates(was_on)


@pytest.mark.parametrize("colour", ["rendered", "streamed"])
def test_every_template_is_told_of_with_what_it_sees(
    told: list[tuple[str, dict[str, Any]]], colour: str
) -> None:
    templates = {
        "base": "{% block b %}{% endblock %}",
        "page": "{% extends 'base' %}{% load own %}{% block b %}{% for x in xs %}{% include 'row' %}{% endfor %}"
        "{% include 'alone' with z=3 only %}{% card 'T' %}{% endblock %}",
        "row": "{{ x }}",
        "alone": "{{ z }}",
        "card.html": "{{ title }}",
    }
    template = engine_of(templates).get_template("page")
    if colour == "rendered":
        template.render(Context({"xs": [1, 2]}))
    else:
        list(template.stream(Context({"xs": [1, 2]})))
    assert [name for name, _ in told] == ["page", "base", "row", "row", "alone", "card.html"]
    assert [(seen.get("x"), seen.get("z"), seen.get("title")) for _, seen in told[2:]] == [
        (1, None, None),
        (2, None, None),
        (None, 3, None),
        (None, None, "T"),
    ]


def test_words_with_names_are_taken_apart_as_our_own_tags_do() -> None:
    from nuages.template.base import kwarg_re

    found = [kwarg_re.match(word) for word in ("name=x|upper", "x", "a.b", '"c=d"')]
    assert [match.groups() for match in found if match] == [
        ("name", "x|upper"),
        (None, "x"),
        (None, "a.b"),
        (None, '"c=d"'),
    ]
