"""What may be shown of a password's hash."""

from __future__ import annotations

from nuages.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, identify_hasher
from nuages.template import Library
from nuages.utils.html import format_html, format_html_join
from nuages.utils.safestring import SafeString
from nuages.utils.translation import gettext

register = Library()


@register.simple_tag
def render_password_as_hash(value: str | None) -> SafeString:
    """Show how a password is hashed, and as much of salt and hash as does no harm."""
    if not value or value.startswith(UNUSABLE_PASSWORD_PREFIX):
        return _paragraph(gettext("No password set."))
    try:
        parts = identify_hasher(value).safe_summary(value)
    except ValueError:
        return _paragraph(gettext("Invalid password format or unknown hashing algorithm."))
    shown = ((gettext(label), part) for label, part in parts.items())
    return format_html("<p>{}</p>", format_html_join(" ", "<strong>{}</strong>: <bdi>{}</bdi>", shown))


def _paragraph(text: str) -> SafeString:
    return format_html("<p><strong>{}</strong></p>", text)
