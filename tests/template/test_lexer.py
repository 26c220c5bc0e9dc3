from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from nuages.template.lexer import DebugLexer, lex
from nuages.template.tokens import Token, TokenType

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


def test_verbatim_is_closed_by_its_own_name_only() -> None:
    tokens = lex("{% verbatim a %}{{ x }}{% endverbatim %}{% endverbatim a %}{{ y }}")
    assert [token.token_type.name for token in tokens] == ["BLOCK", "TEXT", "TEXT", "BLOCK", "VAR"]


def test_words_in_quotes_and_translations_stay_whole() -> None:
    token = Token(TokenType.BLOCK, 'tag _("two words") x|default:"a b" c')
    assert token.split_contents() == ["tag", '_("two words")', 'x|default:"a b"', "c"]
