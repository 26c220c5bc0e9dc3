"""Finding references to other files in style sheets and scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

#: A pattern with the groups `matched` and `url`, and what a match is replaced by.
Rule = tuple[re.Pattern[str], str]

_CSS_URL = r"""(?P<matched>url\((?P<quote>['"]?)\s*(?P<url>.*?)(?P=quote)\))"""
_CSS_IMPORT = r"""(?P<matched>@import\s*["']\s*(?P<url>.*?)["'])"""
_CSS_MAP = r"(?m)^(?P<matched>/\*#[ \t](?-i:sourceMappingURL)=(?P<url>.*?)[ \t]*\*/)$"
_JS_MAP = r"(?m)^(?P<matched>//# (?-i:sourceMappingURL)=(?P<url>.*?)[ \t]*?)$"

# What stands between `import` or `export` and `from` has neither quotes nor comments nor a second statement in it;
# bare names of packages are not files.
_NAMES = r"(?:[\w$,*\s]|\{[\w$,\s]*\})*?"
_FILE = r"""(?P<quote>["'])(?P<url>[./][^"'\n]*?)(?P=quote)"""
_JS_IMPORT_FROM = rf"(?P<matched>\bimport(?P<import>(?=[\s{{*]){_NAMES})\s*\bfrom\s*{_FILE})"
_JS_EXPORT_FROM = rf"(?P<matched>\bexport(?P<exports>(?=[\s{{*]){_NAMES})\s*\bfrom\s*{_FILE})"
_JS_IMPORT_BARE = rf"(?P<matched>\bimport\s*{_FILE})"
_JS_IMPORT_CALL = rf"(?P<matched>\bimport\(\s*{_FILE}\s*\))"

JS_MODULES: tuple[Any, ...] = (
    "*.js",
    (
        (_JS_IMPORT_FROM, 'import%(import)s from "%(url)s"'),
        (_JS_EXPORT_FROM, 'export%(exports)s from "%(url)s"'),
        (_JS_IMPORT_BARE, 'import"%(url)s"'),
        (_JS_IMPORT_CALL, 'import("%(url)s")'),
    ),
)
PATTERNS: tuple[Any, ...] = (
    (
        "*.css",
        (
            _CSS_URL,
            (_CSS_IMPORT, '@import url("%(url)s")'),
            (_CSS_MAP, "/*# sourceMappingURL=%(url)s */"),
        ),
    ),
    ("*.js", ((_JS_MAP, "//# sourceMappingURL=%(url)s"),)),
)

_COMMENT = r"/\*.*?\*/"
_DOUBLE, _SINGLE = (rf"{quote}(?:\\.|[^{quote}\\\n])*{quote}" for quote in "\"'")
#: In style sheets: comments, strings, and quotes that are escaped (they begin no string).
_css_ignored_re = re.compile(rf"{_COMMENT}|\\['\"]|{_DOUBLE}|{_SINGLE}", re.DOTALL)
#: In scripts: comments and strings, also templates.
_js_ignored_re = re.compile(rf"{_COMMENT}|//[^\n]*|{_DOUBLE}|{_SINGLE}|`(?:\\.|[^`\\])*`", re.DOTALL)

#: Addresses of elsewhere, and what is no address at all.
_ELSEWHERE = re.compile(r"[a-z]+:|//|#|$", re.IGNORECASE)


def compiled(patterns: Iterable[Any], default_template: str) -> dict[str, list[Rule]]:
    """Compile patterns; those of one kind of file that are given apart come one after the other."""
    rules: dict[str, list[Rule]] = {}
    for glob, given in patterns:
        for pattern in given:
            text, template = (pattern, default_template) if isinstance(pattern, str) else pattern
            rules.setdefault(glob, []).append((re.compile(text, re.IGNORECASE), template))
    return rules


def ignored_blocks(content: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return the parts of a file in which nothing is a reference."""
    return [found.span() for found in pattern.finditer(content)]


def points_elsewhere(url: str) -> bool:
    """Say whether an address cannot be that of a static file."""
    return _ELSEWHERE.match(url) is not None


def replaced(name: str, content: str, rule: Rule, convert: Callable[[str, str, int], str | None]) -> str:
    """Return a file's text with its references converted.

    `convert(name, url, line)` returns the new address, or None for one that stays.
    """
    pattern, template = rule
    # Source maps are named in comments.
    in_comments = "sourceMappingURL" in template
    ignored = [] if in_comments else ignored_blocks(content, _ignored_in(name))

    def substitute(found: re.Match[str]) -> str:
        groups = found.groupdict()
        if any(start < found.start() < end or start == found.start() for start, end in ignored):
            return groups["matched"]
        line = content.count("\n", 0, found.start()) + 1
        url = convert(name, groups["url"], line)
        return groups["matched"] if url is None else template % {**groups, "url": url}

    return pattern.sub(substitute, content)


def _ignored_in(name: str) -> re.Pattern[str]:
    return _js_ignored_re if name.endswith(".js") else _css_ignored_re
