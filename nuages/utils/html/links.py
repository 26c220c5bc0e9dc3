"""Making links of the addresses in a text."""

from __future__ import annotations

import html
import re
import warnings
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from nuages.utils.functional import keep_lazy_text
from nuages.utils.html.escaping import escape
from nuages.utils.safestring import SafeData

MAX_URL_LENGTH = 2048
_MAX_EMAIL_LENGTH = 320
_MAX_DOMAIN_LENGTH = 255

# Characters with a meaning of their own in a URL: RFC 3986 section 2.2.
_DELIMITERS = "!*'();:@&=+$,/?#[]~"


def _requote(part: str) -> str:
    return quote(unquote(part), safe=_DELIMITERS)


def _quote_url(url: str) -> str:
    """Quote what must be quoted in a URL, leaving what is quoted already; ValueError for no URL."""
    parts = urlsplit(url)
    query = parts.query
    if query:
        query = urlencode(
            [(unquote(name), unquote(value)) for name, value in parse_qsl(query, keep_blank_values=True)],
            safe="~",
        )
    netloc, path, fragment = map(_requote, (parts.netloc, parts.path, parts.fragment))
    return urlunsplit((parts.scheme, netloc, path, query, fragment))


def smart_urlquote(url: str) -> str:
    """Quote a URL if it is not quoted already."""
    try:
        return _quote_url(url)
    except ValueError:
        return _requote(url)


class Urlizer:
    """Finds web and mail addresses in a text and makes links of them."""

    word_split_re = re.compile(r"""([\s<>"']+)""")
    simple_url_re = re.compile(r"https?://\[?\w", re.IGNORECASE)
    bare_domain_re = re.compile(
        r"www\.|(?!http)\w[^@]+\.(?:com|edu|gov|int|mil|net|org)(?:$|/)", re.IGNORECASE
    )
    mailto_template = "mailto:{local}@{domain}"
    url_template = '<a href="{href}"{attrs}>{url}</a>'

    trailing_punctuation = ".,:;!"
    wrapping = {")": "(", "]": "["}

    def __call__(
        self, text: Any, trim_url_limit: int | None = None, nofollow: bool = False, autoescape: bool = False
    ) -> str:
        """Return the text with its addresses as links.

        The text of a link is cut at `trim_url_limit` characters; `nofollow` tells search engines not to
        follow it; with `autoescape` all text is escaped.
        """
        safe_input = isinstance(text, SafeData)
        # Words repeat, white space above all.
        done: dict[str, str] = {}
        pieces = []
        for word in self.word_split_re.split(str(text)):
            if not word:
                continue
            if word not in done:
                done[word] = self.handle_word(
                    word,
                    safe_input=safe_input,
                    trim_url_limit=trim_url_limit,
                    nofollow=nofollow,
                    autoescape=autoescape,
                )
            pieces.append(done[word])
        # Whether this is safe depends on what the text was and on who escapes it: the caller says so.
        return "".join(pieces)

    def handle_word(
        self,
        word: str,
        *,
        safe_input: bool,
        trim_url_limit: int | None = None,
        nofollow: bool = False,
        autoescape: bool = False,
    ) -> str:
        """Return one word, as a link where it is an address."""
        must_escape = autoescape and not safe_input
        if "." in word or "@" in word or ":" in word:
            lead, middle, trail = self.trim_punctuation(word)
            href = self.address_of(middle)
            if href is not None:
                attrs = ' rel="nofollow"' if nofollow and not href.startswith("mailto:") else ""
                shown = self.trim_url(middle, limit=trim_url_limit)
                if must_escape:
                    lead, shown, trail = escape(lead), escape(shown), escape(trail)
                return f"{lead}{self.url_template.format(href=escape(href), attrs=attrs, url=shown)}{trail}"
        return escape(word) if must_escape else word

    def address_of(self, word: str) -> str | None:
        """Return what a link for this word leads to; None when it is no address."""
        if len(word) <= MAX_URL_LENGTH:
            try:
                if self.simple_url_re.match(word):
                    return smart_urlquote(html.unescape(word))
                if self.bare_domain_re.match(word):
                    return _quote_url(f"{self.assumed_protocol()}://{html.unescape(word)}")
            except ValueError:
                # It looked like an address, but its host is none.
                return None
        if ":" not in word and self.is_email_simple(word):
            local, domain = word.rsplit("@", 1)
            return self.mailto_template.format(local=quote(local, safe=""), domain=quote(domain, safe=""))
        return None

    def assumed_protocol(self) -> str:
        """Return the protocol for an address that names none."""
        from nuages.conf import settings

        if settings.URLIZE_ASSUME_HTTPS:
            return "https"
        from nuages.utils.deprecation import RemovedInDjango2028Warning

        warnings.warn(
            "The default protocol will be changed from HTTP to HTTPS in Django 2028. Set the "
            "URLIZE_ASSUME_HTTPS transitional setting to True to opt into using HTTPS as the new default "
            "protocol.",
            RemovedInDjango2028Warning,
            stacklevel=6,
        )
        return "http"

    def trim_url(self, text: str, *, limit: int | None) -> str:
        """Cut the text of a link at `limit` characters, the ellipsis included."""
        if limit is None or len(text) <= limit:
            return text
        return f"{text[: max(0, limit - 1)]}…"

    def trim_punctuation(self, word: str) -> tuple[str, str, str]:
        """Split off brackets and punctuation that stand around an address: (lead, address, trail).

        Brackets that are closed within the address belong to it.
        """
        start, end = 0, len(word)
        while start < end and word[start] in "([":
            start += 1
        surplus = {
            closer: word.count(closer, start, end) - word.count(opener, start, end)
            for closer, opener in self.wrapping.items()
        }
        while end > start:
            last = word[end - 1]
            if last in surplus:
                if surplus[last] <= 0:
                    break
                surplus[last] -= 1
                end -= 1
            elif last in self.trailing_punctuation:
                end = self._before_punctuation(word, start, end)
                # A semicolon that ends an entity stays, and with it the address ends.
                if end > start and word[end - 1] == ";":
                    break
            else:
                break
        return word[:start], word[start:end], word[end:]

    def _before_punctuation(self, word: str, start: int, end: int) -> int:
        """Return where the run of punctuation before `end` begins, past the semicolon of an entity."""
        begin = end
        while begin > start and word[begin - 1] in self.trailing_punctuation:
            begin -= 1
        if word[begin] == ";":
            # Entity names have at most 32 characters.
            ampersand = word.rfind("&", max(start, begin - 33), begin)
            if ampersand >= 0:
                entity = word[ampersand : begin + 1]
                if html.unescape(entity) != entity:
                    return begin + 1
        return begin

    @staticmethod
    def is_email_simple(value: str) -> bool:
        """Return whether the word has the form of a mail address with a whole domain."""
        if len(value) > _MAX_EMAIL_LENGTH or value.count("@") != 1:
            return False
        local, domain = value.split("@")
        labels = domain.split(".")
        if not local or len(domain) > _MAX_DOMAIN_LENGTH or len(labels) < 2 or not all(labels):
            return False
        return all(
            not character.isascii() or character.isalnum() or character in ".-" for character in domain
        )


_urlizer = Urlizer()


@keep_lazy_text
def urlize(
    text: Any, trim_url_limit: int | None = None, nofollow: bool = False, autoescape: bool = False
) -> str:
    """Make links of the addresses in a text; takes what `Urlizer` does."""
    return _urlizer(text, trim_url_limit=trim_url_limit, nofollow=nofollow, autoescape=autoescape)
