from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from nuages.template import Context
from nuages.template.lexer import DebugLexer, lex
from nuages.template.tokens import Token, TokenType
from tests.template.conftest import engine_of

ENGINE = engine_of()
PIECES = st.lists(
    st.sampled_from(
        ["{{ a }}", "{% if x %}", "{# note #}", "text", "\n", "{", "%}", "{{ a %}", "é", "{% verbatim %}"]
    ),
    max_size=12,
).map("".join)


def test_positions_and_lines_of_tokens() -> None:
    tokens = DebugLexer("one\n{{ two }}{# three #}").tokenize()
    assert [(token.token_type, token.contents, token.lineno, token.position) for token in tokens] == [
        (TokenType.TEXT, "one\n", 1, (0, 4)),
        (TokenType.VAR, "two", 2, (4, 13)),
        (TokenType.COMMENT, "three", 2, (13, 24)),
    ]
    assert [token.column for token in tokens] == [0, 0, 9]


def test_position_is_for_debug_mode_only() -> None:
    assert lex("{{ a }}")[0].position is None


@given(PIECES | st.text(max_size=60))
def test_tokens_cover_the_source_without_gaps(source: str) -> None:
    tokens = DebugLexer(source).tokenize()
    assert "".join(source[token.start : token.end] for token in tokens) == source
    assert all(token.start != token.end for token in tokens)


@given(PIECES)
def test_line_numbers_count_newlines(source: str) -> None:
    for token in DebugLexer(source).tokenize():
        assert token.lineno == source.count("\n", 0, token.start) + 1
        assert token.column == token.start - (source.rfind("\n", 0, token.start) + 1)


# Says what a tag is; takes a time that is quadratic in the length of a line.
TAG = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}")


@given(st.text(alphabet="{}%# a\n", max_size=40))
def test_tags_are_where_a_plain_regular_expression_finds_them(source: str) -> None:
    found = [(token.start, token.end) for token in lex(source) if token.token_type is not TokenType.TEXT]
    assert found == [match.span() for match in TAG.finditer(source)]


@given(
    st.text().filter(lambda text: "{" not in text)
    | st.text(alphabet="{}%# \n").filter(lambda t: not TAG.search(t))
)
def test_text_without_tags_renders_as_itself(source: str) -> None:
    assert ENGINE.from_string(source).render(Context()) == source


def test_verbatim_is_closed_by_its_own_name_only() -> None:
    tokens = lex("{% verbatim a %}{{ x }}{% endverbatim %}{% endverbatim a %}{{ y }}")
    assert [token.token_type.name for token in tokens] == ["BLOCK", "TEXT", "TEXT", "BLOCK", "VAR"]


def test_words_in_quotes_and_translations_stay_whole() -> None:
    token = Token(TokenType.BLOCK, 'tag _("two words") x|default:"a b" c')
    assert token.split_contents() == ["tag", '_("two words")', 'x|default:"a b"', "c"]
