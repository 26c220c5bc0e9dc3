from __future__ import annotations

import gzip
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages.utils.html import (
    conditional_escape,
    escape,
    escapejs,
    format_html,
    format_html_join,
    json_script,
    linebreaks,
    strip_tags,
    urlize,
)
from nuages.utils.safestring import SafeData, mark_safe
from nuages.utils.text import (
    Truncator,
    camel_case_to_spaces,
    capfirst,
    compress_sequence,
    get_text_list,
    get_valid_filename,
    phone2numeric,
    slugify,
    smart_split,
    unescape_string_literal,
    wrap,
)


@given(st.text())
def test_escaped_text_holds_nothing_that_markup_is_made_of(text):
    escaped = escape(text)
    assert isinstance(escaped, SafeData)
    assert not set(escaped) & set("<>\"'")


def test_safe_text_is_escaped_only_when_asked_to():
    assert conditional_escape(mark_safe("<b>")) == "<b>"
    assert escape(mark_safe("<b>")) == "&lt;b&gt;"


def test_safe_text_joined_with_other_text_is_not_safe():
    assert isinstance(mark_safe("a") + mark_safe("b"), SafeData)
    assert not isinstance(mark_safe("a") + "<b>", SafeData)


def test_format_html_escapes_its_arguments_only():
    assert format_html("<b>{}</b>{x}", "<i>", x=mark_safe("<u>")) == "<b>&lt;i&gt;</b><u>"
    assert format_html_join(", ", "<i>{}</i>", [("&",), ("b",)]) == "<i>&amp;</i>, <i>b</i>"
    with pytest.raises(TypeError):
        format_html("<b></b>")


def test_values_for_scripts_cannot_end_the_script():
    assert json_script({"a": "</script><b>"}, "data").count("</script>") == 1
    assert "'" not in escapejs("it's </script>")
    assert "<" not in escapejs("it's </script>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see http://example.com.", 'see <a href="http://example.com">http://example.com</a>.'),
        ("(https://a.org/x_(y))", '(<a href="https://a.org/x_(y)">https://a.org/x_(y)</a>)'),
        ("me@example.com", '<a href="mailto:me@example.com">me@example.com</a>'),
        ("no. link here", "no. link here"),
    ],
)
def test_addresses_become_links_without_the_punctuation_around_them(text, expected):
    assert urlize(text) == expected


@pytest.mark.parametrize("text", ["<b> http://a.org", mark_safe("<b> http://a.org"), "<b>"])
def test_a_text_with_links_is_safe_only_when_the_caller_says_so(text):
    assert not isinstance(urlize(text), SafeData)
    assert not isinstance(urlize(text, autoescape=True), SafeData)


def test_a_link_shown_shorter_still_leads_to_the_whole_address():
    shown = urlize("https://example.com/a/long/way", trim_url_limit=12)
    assert 'href="https://example.com/a/long/way"' in shown
    assert ">https://exa…</a>" in shown


def test_tags_are_taken_out_and_lines_become_paragraphs():
    assert strip_tags("<p>a <b>b</b></p>") == "a b"
    assert linebreaks("a\nb\n\nc") == "<p>a<br>b</p>\n\n<p>c</p>"


def test_truncated_text_is_never_longer_than_asked():
    text = "The clouds drift over the hills"
    assert Truncator(text).chars(12) == "The clouds …"
    assert Truncator(text).words(2) == "The clouds…"
    assert Truncator(text).words(99) == text


def test_truncated_markup_closes_what_it_opened():
    markup = "<p>one <b>two three</b> four</p>"
    assert Truncator(markup).words(2, html=True) == "<p>one <b>two…</b></p>"
    assert Truncator(markup).chars(6, html=True) == "<p>one <b>t…</b></p>"


def test_words_cut_after_a_tag_keep_the_space_after_it():
    assert Truncator("<b>one</b> two three").words(2, html=True) == "<b>one</b> two…"
    assert Truncator("<b>one</b> two three").words(1, html=True) == "<b>one</b>…"
    assert Truncator("  one  two").words(1, html=True) == "  one…"


@given(st.text(), st.integers(1, 30))
def test_truncation_by_characters_keeps_to_its_limit(text, limit):
    # What combines with the character before it takes no place of its own.
    shown = [char for char in Truncator(text).chars(limit) if not unicodedata.combining(char)]
    assert len(shown) <= limit


@given(st.text())
def test_a_slug_is_made_of_letters_digits_and_dashes(text):
    slug = slugify(text)
    assert slug.isascii()
    assert slug == slug.strip("-_")
    assert slugify(slug) == slug


@pytest.mark.parametrize(
    ("name", "words"),
    [("S3Bucket", "s3 bucket"), ("B2C", "b2c"), ("A1B", "a1b"), ("fooBAR", "foo bar"), ("HTTP2", "htt p2")],
)
def test_a_digit_before_a_capital_is_not_the_end_of_a_word(name, words):
    assert camel_case_to_spaces(name) == words


def test_words_are_turned_round():
    assert capfirst("éclair") == "Éclair"
    assert camel_case_to_spaces("FirstCloudModel") == "first cloud model"
    assert get_text_list(["a", "b", "c"]) == "a, b or c"
    assert get_valid_filename("a b/c?.txt") == "a_bc.txt"
    assert phone2numeric("1-800-CALL") == "1-800-2255"
    assert wrap("this is a long line", 10) == "this is a\nlong line"
    assert list(smart_split('a "b c" d')) == ["a", '"b c"', "d"]
    assert list(smart_split("""x="b c"y'd e' f""")) == ["""x="b c"y'd e'""", "f"]
    # A quotation mark that nothing closes begins a word.
    assert list(smart_split("\"a b\"'c d it's")) == ["\"a b\"'c d it's"]
    assert list(smart_split('"a b"\'c d')) == ['"a b"', "'c", "d"]
    assert list(smart_split("it's 5\" wide")) == ["it's", '5"', "wide"]
    assert unescape_string_literal(r'"a \"b\""') == 'a "b"'


def test_a_stream_is_compressed_piece_by_piece():
    packed = b"".join(compress_sequence([b"cloud " * 100, b"end"]))
    assert gzip.decompress(packed) == b"cloud " * 100 + b"end"
