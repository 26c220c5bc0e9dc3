"""`{% load flatpages %}`: lists of flat pages."""

from __future__ import annotations

from typing import Any

from nuages import template
from nuages.conf import settings
from nuages.contrib.flatpages.models import FlatPage
from nuages.contrib.sites.shortcuts import get_current_site

register = template.Library()


class FlatpageNode(template.Node):
    """Puts flat pages into the context: those that everybody may see, or those that a user may."""

    def __init__(self, context_name: str, starts_with: str | None = None, user: str | None = None) -> None:
        self.context_name = context_name
        self.starts_with = None if starts_with is None else template.Variable(starts_with)
        self.user = None if user is None else template.Variable(user)

    def render(self, context: Any) -> str:
        site = get_current_site(context["request"]).pk if "request" in context else settings.SITE_ID
        pages = FlatPage.objects.filter(sites__id=site)
        if self.starts_with is not None:
            pages = pages.filter(url__startswith=self.starts_with.resolve(context))
        if self.user is None or not self.user.resolve(context).is_authenticated:
            pages = pages.filter(registration_required=False)
        context[self.context_name] = pages
        return ""


@register.tag
def get_flatpages(parser: Any, token: Any) -> FlatpageNode:
    """Keep flat pages: `{% get_flatpages ['/prefix/'] [for user] as pages %}`."""
    name, *words = token.split_contents()
    match words:
        case ["as", context_name]:
            return FlatpageNode(context_name)
        case ["for", user, "as", context_name]:
            return FlatpageNode(context_name, user=user)
        case [prefix, "as", context_name]:
            return FlatpageNode(context_name, prefix)
        case [prefix, "for", user, "as", context_name]:
            return FlatpageNode(context_name, prefix, user)
    raise template.TemplateSyntaxError(
        f"{name} expects a syntax of {name} ['url_starts_with'] [for user] as context_name"
    )
