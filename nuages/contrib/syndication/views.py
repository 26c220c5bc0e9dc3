"""`Feed`: a view whose attributes and methods say what is in a feed."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from inspect import getattr_static, unwrap
from typing import Any

from nuages.contrib.sites.shortcuts import get_current_site
from nuages.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist
from nuages.http import Http404, HttpResponse
from nuages.template import TemplateDoesNotExist, loader
from nuages.utils import feedgenerator
from nuages.utils.encoding import iri_to_uri
from nuages.utils.html import escape
from nuages.utils.http import http_date
from nuages.utils.timezone import get_default_timezone, is_naive, make_aware
from nuages.utils.translation import get_language

_WHOLE = ("http://", "https://", "mailto:")

#: Values of a feed that are passed on as they are: argument → attribute.
_OF_FEED = {
    "title": "title",
    "subtitle": "subtitle",
    "description": "description",
    "author_name": "author_name",
    "author_link": "author_link",
    "author_email": "author_email",
    "categories": "categories",
    "feed_copyright": "feed_copyright",
    "feed_guid": "feed_guid",
    "ttl": "ttl",
    "stylesheets": "stylesheets",
}
#: The same of an item.
_OF_ITEM = {
    "author_name": "item_author_name",
    "categories": "item_categories",
    "comments": "item_comments",
    "item_copyright": "item_copyright",
    "unique_id_is_permalink": "item_guid_is_permalink",
}


def add_domain(domain: str, url: str, secure: bool = False) -> str:
    """Return an address with protocol and domain, where it lacks them."""
    protocol = "https" if secure else "http"
    if url.startswith("//"):
        return f"{protocol}:{url}"
    return url if url.startswith(_WHOLE) else iri_to_uri(f"{protocol}://{domain}{url}")


class FeedDoesNotExist(ObjectDoesNotExist):
    """There is no such feed."""


class Feed:
    """A feed. Each of its values may be an attribute, or a method with or without the object it is about."""

    feed_type: Any = feedgenerator.DefaultFeed
    title_template: str | None = None
    description_template: str | None = None
    language: str | None = None

    def __call__(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            obj = self.get_object(request, *args, **kwargs)
        except ObjectDoesNotExist:
            raise Http404("Feed object does not exist.") from None
        feed = self.get_feed(obj, request)
        response = HttpResponse(content_type=feed.content_type)
        if hasattr(self, "item_pubdate") or hasattr(self, "item_updateddate"):
            # Only then is the latest date that of a change.
            response.headers["Last-Modified"] = http_date(feed.latest_post_date().timestamp())
        feed.write(response, "utf-8")
        return response

    # --- what feeds override ----------------------------------------------------------------------------------

    def get_object(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Return what the feed is about, found by the arguments from the URL."""
        return None

    def item_title(self, item: Any) -> str:
        """Return an item's title."""
        # Titles may hold mark-up, which the item's own text is not.
        return escape(str(item))

    def item_description(self, item: Any) -> str:
        """Return an item's text."""
        return str(item)

    def item_link(self, item: Any) -> str:
        """Return an item's address."""
        try:
            return item.get_absolute_url()
        except AttributeError:
            raise ImproperlyConfigured(
                f"Give your {item.__class__.__name__} class a get_absolute_url() method, or define an item_link() method "
                "in your Feed class."
            ) from None

    def item_enclosures(self, item: Any) -> list[feedgenerator.Enclosure]:
        """Return the files that belong to an item."""
        url = self._get_dynamic_attr("item_enclosure_url", item)
        if not url:
            return []
        about = [self._get_dynamic_attr(f"item_enclosure_{what}", item) for what in ("length", "mime_type")]
        return [feedgenerator.Enclosure(str(url), *map(str, about))]

    def feed_extra_kwargs(self, obj: Any) -> dict[str, Any]:
        """Return further arguments for the feed's generator."""
        return {}

    def item_extra_kwargs(self, item: Any) -> dict[str, Any]:
        """Return further arguments for the generator of an item."""
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return the context of `title_template` and `description_template`."""
        return {"obj": kwargs.get("item"), "site": kwargs.get("site")}

    # --- building ---------------------------------------------------------------------------------------------

    def _get_dynamic_attr(self, attname: str, obj: Any, default: Any = None) -> Any:
        """Return a value, called with or without `obj` as it wants."""
        try:
            value = getattr(self, attname)
        except AttributeError:
            return default
        if not callable(value):
            return value
        return value(obj) if self._wants_object(attname, value) else value()

    def _wants_object(self, attname: str, value: Callable[..., Any]) -> bool:
        function: Any = value if hasattr(value, "__code__") else value.__call__  # type: ignore[operator]
        code = unwrap(function).__code__
        # Bound methods have `self` besides.
        own = 0 if isinstance(getattr_static(self, attname), staticmethod) else 1
        taken = code.co_argcount - own
        if taken < 0:
            # It takes anything, so what it really wants is hidden.
            raise ImproperlyConfigured(
                f"Feed method {attname!r} decorated by {code.co_name!r} needs to use @functools.wraps."
            )
        return taken == 1

    def get_feed(self, obj: Any, request: Any) -> Any:
        """Return the feed with its items, ready to be written."""
        site = get_current_site(request)

        def whole(url: str) -> str:
            return add_domain(site.domain, url, request.is_secure())

        values = {name: self._get_dynamic_attr(attribute, obj) for name, attribute in _OF_FEED.items()}
        if values["ttl"] is not None:
            values["ttl"] = str(values["ttl"])
        feed = self.feed_type(
            **values,
            language=self.language or get_language(),
            link=whole(self._get_dynamic_attr("link", obj)),
            feed_url=whole(self._get_dynamic_attr("feed_url", obj) or request.path),
            **self.feed_extra_kwargs(obj),
        )
        title, description = _template(self.title_template), _template(self.description_template)
        for item in self._get_dynamic_attr("items", obj):
            context = self.get_context_data(item=item, site=site, obj=obj, request=request)
            self._add(feed, item, whole, context, title, description, request)
        return feed

    def _add(
        self,
        feed: Any,
        item: Any,
        whole: Callable[[str], str],
        context: dict[str, Any],
        title: Any,
        description: Any,
        request: Any,
    ) -> None:
        def shown(template: Any, attribute: str) -> Any:
            if template is not None:
                return template.render(context, request)
            return self._get_dynamic_attr(attribute, item)

        link = whole(self._get_dynamic_attr("item_link", item))
        values = {name: self._get_dynamic_attr(attribute, item) for name, attribute in _OF_ITEM.items()}
        author = {"author_email": None, "author_link": None}
        if values["author_name"] is not None:
            author = {name: self._get_dynamic_attr(f"item_{name}", item) for name in author}
        feed.add_item(
            title=shown(title, "item_title"),
            description=shown(description, "item_description"),
            link=link,
            unique_id=self._get_dynamic_attr("item_guid", item, link),
            enclosures=self._get_dynamic_attr("item_enclosures", item),
            pubdate=self._moment("item_pubdate", item),
            updateddate=self._moment("item_updateddate", item),
            **author,
            **values,
            **self.item_extra_kwargs(item),
        )

    def _moment(self, attname: str, item: Any) -> datetime.datetime | None:
        value = self._get_dynamic_attr(attname, item)
        return make_aware(value, get_default_timezone()) if value and is_naive(value) else value


def _template(name: str | None) -> Any:
    if name is None:
        return None
    try:
        return loader.get_template(name)
    except TemplateDoesNotExist:
        return None
