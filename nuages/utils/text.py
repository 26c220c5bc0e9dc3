"""Working on text: cutting, wrapping, splitting, slugs, file names; specified in ref/utils."""

from __future__ import annotations

import re
import secrets
import textwrap
import unicodedata
from collections.abc import Iterable, Iterator
from gzip import GzipFile
from io import BytesIO
from typing import Any

from nuages.core.exceptions import SuspiciousFileOperation
from nuages.utils.functional import cached_property, keep_lazy_text, lazy
from nuages.utils.regex_helper import _lazy_re_compile
from nuages.utils.translation import gettext, pgettext, remembered

_CAPITALS = _lazy_re_compile(r"(?<=[a-z])(?=[A-Z])|(?<!^)(?=[A-Z][^A-Z])")


@keep_lazy_text
def capfirst(x: Any) -> Any:
    """Return the text with its first letter in upper case."""
    if not x:
        return x
    text = str(x)
    return text[0].upper() + text[1:]


@keep_lazy_text
def wrap(text: Any, width: int) -> str:
    """Break lines after at most `width` characters, at white space only: long words and hyphens stay whole."""
    wrapper = textwrap.TextWrapper(
        width=width, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    lines: list[str] = []
    for line in str(text).replace("\r\n", "\n").split("\n"):
        # Lines of white space alone wrap to nothing; they are lines all the same.
        lines.extend(wrapper.wrap(line) or [line])
    return "\n".join(lines)


class Truncator:
    """Cuts a text, perhaps HTML, after so many characters or words."""

    def __init__(self, text: Any) -> None:
        self._source = text

    @cached_property
    def text(self) -> str:
        """The text, settled if it was lazy."""
        return str(self._source)

    def __str__(self) -> str:
        return self.text

    def add_truncation_text(self, text: str, truncate: Any = None) -> str:
        """Return the cut text with the sign of its being cut: `truncate`, or an ellipsis in the reader's language."""
        sign = truncation_template(truncate)
        if "%(truncated_text)s" in sign:
            return sign % {"truncated_text": text}
        return text if sign and text.endswith(sign) else f"{text}{sign}"

    def chars(self, num: int, truncate: Any = None, html: bool = False) -> str:
        """Return the text cut to `num` characters, the sign included; combining characters do not count."""
        length = int(num)
        if length <= 0:
            return ""
        text = self.text
        if truncate is None and not html:
            short = cut_plainly(text, length)
            if short is not None:
                return short
        if not text.isascii():
            text = unicodedata.normalize("NFC", text)
        elif len(text) <= length and not html:
            # Every character of it counts.
            return text
        sign = self.add_truncation_text("", truncate)
        room = length - (len(sign) if sign.isascii() else sum(map(_counts, sign)))
        if html:
            from nuages.utils.truncation import cut_html

            room = max(room, 0)
            return cut_html(text, room, _take_chars, sign, length - room)
        if text.isascii():
            return self.add_truncation_text(text[: max(room, 0)], truncate)
        cut_at: int | None = None
        seen = 0
        for position, character in enumerate(text):
            if not _counts(character):
                continue
            if seen == max(room, 0) and cut_at is None:
                cut_at = position
            seen += 1
            if seen > length:
                return self.add_truncation_text(text[: cut_at or 0], truncate)
        return text

    def words(self, num: int, truncate: Any = None, html: bool = False) -> str:
        """Return the text cut after `num` words."""
        length = int(num)
        if length <= 0:
            return ""
        if html:
            from nuages.utils.truncation import cut_html

            return cut_html(self.text, length, _take_words, self.add_truncation_text("", truncate))
        words = self.text.split()
        if len(words) <= length:
            return " ".join(words)
        return self.add_truncation_text(" ".join(words[:length]), truncate)


def cut_plainly(text: str, length: int) -> str | None:
    """Return the text cut to `length` characters (one or more), None where more has to be asked than how many there are."""
    if not text.isascii():
        return None
    if len(text) <= length:
        return text
    return f"{text[: length - 1]}…" if truncation_template(None) == _USUAL else None


def _counts(character: str) -> bool:
    return not unicodedata.combining(character)


def truncation_template(truncate: Any) -> str:
    """Return the sign of a cut text, or the pattern into which the text goes."""
    if truncate is not None:
        return str(truncate)
    return remembered(_cut_text, _cut_text)


# What nearly every language says.
_USUAL = "%(truncated_text)s…"


def _cut_text() -> str:
    return pgettext("String to return when truncating text", _USUAL)


def _take_chars(text: str, room: int) -> tuple[str, int]:
    """Return what of the text fits, and the room it takes; -1 when not all of it fits."""
    taken = sum(map(_counts, text))
    if taken <= room:
        return text, taken
    kept: list[str] = []
    for character in text:
        if _counts(character):
            if room == 0:
                break
            room -= 1
        kept.append(character)
    return "".join(kept), -1


def _take_words(text: str, room: int) -> tuple[str, int]:
    words = text.split()
    if len(words) <= room:
        return text, len(words)
    if not room:
        return "", -1
    # A tag may stand before the space at the beginning.
    indent = text[: len(text) - len(text.lstrip())]
    return f"{indent}{' '.join(words[:room])}", -1


@keep_lazy_text
def get_valid_filename(name: Any) -> str:
    """Return the text as a file name: letters, digits, dots, dashes and underscores."""
    kept = re.sub(r"[^-\w.]", "", str(name).strip().replace(" ", "_"))
    if kept in ("", ".", ".."):
        raise SuspiciousFileOperation(f"Could not derive file name from '{name}'")
    return kept


@keep_lazy_text
def get_text_list(list_: Any, last_word: Any = None) -> str:
    """Return the items as a sentence part: "a, b or c"."""
    items = [str(item) for item in list_]
    if len(items) < 2:
        return "".join(items)
    # Translators: separator between the items of a list.
    start = gettext(", ").join(items[:-1])
    return f"{start} {gettext('or') if last_word is None else last_word} {items[-1]}"


@keep_lazy_text
def normalize_newlines(text: Any) -> str:
    """Return the text with \\n at the end of every line."""
    return str(text).replace("\r\n", "\n").replace("\r", "\n")


def with_plain_newlines(text: str) -> str:
    """Return the text with \\n at the end of every line."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


_KEYPAD = {
    ord(letter): digit
    for digit, letters in zip("23456789", ["abc", "def", "ghi", "jkl", "mno", "pqrs", "tuv", "wxyz"])
    for letter in letters
}


@keep_lazy_text
def phone2numeric(phone: Any) -> str:
    """Return a phone number with its letters as the digits under which telephones have them."""
    return str(phone).lower().translate(_KEYPAD)


def compress_string(s: bytes, *, max_random_bytes: int | None = None) -> bytes:
    """Return the bytes compressed with gzip; a random file name of random length hides their exact size."""
    buffer = BytesIO()
    with GzipFile(
        filename=_random_name(max_random_bytes), mode="wb", compresslevel=6, fileobj=buffer, mtime=0
    ) as file:
        file.write(s)
    return buffer.getvalue()


def _random_name(max_random_bytes: int | None) -> str:
    # Zero bytes and characters beyond Latin-1 may not stand in the header; letters will do.
    return "a" * secrets.randbelow(max_random_bytes + 1) if max_random_bytes else ""


class _Drain(BytesIO):
    """A buffer that is emptied each time it is read."""

    def drain(self) -> bytes:
        data = self.getvalue()
        self.seek(0)
        self.truncate()
        return data


def compress_sequence(sequence: Iterable[bytes], *, max_random_bytes: int | None = None) -> Iterator[bytes]:
    """Compress parts as they come, and yield what can be sent after each."""
    buffer = _Drain()
    with GzipFile(
        filename=_random_name(max_random_bytes), mode="wb", compresslevel=6, fileobj=buffer, mtime=0
    ) as file:
        yield buffer.drain()
        for part in sequence:
            file.write(part)
            file.flush()
            yield buffer.drain()
    yield buffer.drain()


async def acompress_sequence(sequence: Any, *, max_random_bytes: int | None = None) -> Any:
    """Compress parts of an asynchronous sequence as they come."""
    buffer = _Drain()
    with GzipFile(
        filename=_random_name(max_random_bytes), mode="wb", compresslevel=6, fileobj=buffer, mtime=0
    ) as file:
        yield buffer.drain()
        async for part in sequence:
            file.write(part)
            file.flush()
            yield buffer.drain()
    yield buffer.drain()


_QUOTED = r"""(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
_BIT = _lazy_re_compile(rf"""[^\s"']*(?:{_QUOTED}[^\s"']*)+|\S+""", re.DOTALL)


def smart_split(text: Any) -> Iterator[str]:
    """Split at white space, except inside quotes; the quotes stay: `a "b c"` gives `a`, `"b c"`."""
    for found in _BIT.finditer(str(text)):
        yield found[0]


@keep_lazy_text
def unescape_string_literal(s: Any) -> str:
    """Return what a quoted string of a template says: without its quotes, and with escaped ones unescaped."""
    return literal_text(str(s))


def literal_text(text: str) -> str:
    """As `unescape_string_literal`, of a string that is there already."""
    if len(text) < 2 or text[0] not in "\"'" or text[-1] != text[0]:
        raise ValueError(f"Not a string literal: {text!r}")
    quote = text[0]
    return text[1:-1].replace(f"\\{quote}", quote).replace("\\\\", "\\")


# Compiled at once: in a page with many slugs the detour by a lazy object would show.
_NOT_IN_SLUGS = re.compile(r"[^\w\s-]")
_GAPS = re.compile(r"[-\s]+")
# The same for ASCII, where one table does it: letters small, dashes as gaps, everything else away.
_SLUG_SIGNS = {
    code: (sign.lower() if sign.isalnum() or sign == "_" else " " if sign == "-" or sign.isspace() else None)
    for code, sign in enumerate(map(chr, range(128)))
}


@keep_lazy_text
def slugify(value: Any, allow_unicode: bool = False) -> str:
    """Return the text as part of an address: lower case, dashes for white space, nothing but letters, digits, _."""
    text = str(value)
    if allow_unicode:
        text = unicodedata.normalize("NFKC", text)
        words = _NOT_IN_SLUGS.sub("", text.lower())
        return _GAPS.sub("-", words).strip("-_")
    return slug_of(text)


def slug_of(text: str) -> str:
    """Return the slug of a text, in ASCII."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return "-".join(text.translate(_SLUG_SIGNS).split()).strip("-_")


def camel_case_to_spaces(value: str) -> str:
    """Return the words of a CamelCase name in lower case."""
    return _CAPITALS.sub(" ", value).strip().lower()


def _format(format_string: Any, *args: Any, **kwargs: Any) -> str:
    return str(format_string).format(*args, **kwargs)


format_lazy = lazy(_format, str)
