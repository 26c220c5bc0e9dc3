"""RSS and Atom feeds; specified in ref/utils."""

from __future__ import annotations

import datetime
import email.utils
import mimetypes
from collections.abc import Iterable
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

from nuages.utils.encoding import iri_to_uri
from nuages.utils.html import escape
from nuages.utils.xmlutils import SimplerXMLGenerator

ATOM_NAMESPACE = "http://www.w3.org/2005/Atom"


def rfc2822_date(date: datetime.date) -> str:
    """Return a date as RSS writes it."""
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime.combine(date, datetime.time())
    return email.utils.format_datetime(date)


def rfc3339_date(date: datetime.date) -> str:
    """Return a date as Atom writes it; a naive one is taken for UTC."""
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime.combine(date, datetime.time())
    return date.isoformat() + ("Z" if date.utcoffset() is None else "")


def get_tag_uri(url: str, date: datetime.date | None) -> str:
    """Return a tag URI (RFC 4151) for something at this address on this date."""
    parts = urlsplit(url)
    day = "" if date is None else f",{date:%Y-%m-%d}"
    path = f"{parts.path}/{parts.fragment}" if parts.fragment else f"{parts.path}/"
    return f"tag:{parts.hostname}{day}:{path}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _uri(value: Any) -> str | None:
    return None if value is None else iri_to_uri(value)


def _guessed_type(url: str) -> str | None:
    # Tables of types differ in what they call XSLT; this is what browsers apply.
    return "text/xsl" if urlsplit(url).path.endswith((".xsl", ".xslt")) else mimetypes.guess_type(url)[0]


class Stylesheet:
    """A style sheet for a feed: its address, type (guessed unless given, None for none) and media."""

    def __init__(self, url: Any, mimetype: Any = "", media: Any = "screen") -> None:
        self._url = url
        self._mimetype = mimetype
        self.media = media

    # Both are worked out when the feed is written: the address may be lazy.
    @property
    def url(self) -> str:
        return iri_to_uri(self._url)

    @property
    def mimetype(self) -> str | None:
        return _guessed_type(self.url) if self._mimetype == "" else self._mimetype

    def __str__(self) -> str:
        attributes = {"href": self.url, "media": self.media, "type": self.mimetype}
        return " ".join(
            f'{name}="{escape(value)}"' for name, value in attributes.items() if value is not None
        )

    def __repr__(self) -> str:
        return repr((self.url, self.mimetype, self.media))


class Enclosure:
    """A file that belongs to an item of a feed."""

    def __init__(self, url: Any, length: Any, mime_type: Any) -> None:
        """All three are strings."""
        self.length = length
        self.mime_type = mime_type
        self.url = iri_to_uri(url)


class SyndicationFeed:
    """A feed and its items; subclasses know how to write it."""

    content_type = "text/xml; charset=utf-8"

    def __init__(
        self,
        title: Any,
        link: Any,
        description: Any,
        language: Any = None,
        author_email: Any = None,
        author_name: Any = None,
        author_link: Any = None,
        subtitle: Any = None,
        categories: Iterable[Any] | None = None,
        feed_url: Any = None,
        feed_copyright: Any = None,
        feed_guid: Any = None,
        ttl: Any = None,
        stylesheets: Iterable[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Take what is known of the feed; further keyword arguments end up in `self.feed` as well."""
        if isinstance(stylesheets, (Stylesheet, str)):
            raise TypeError(f"stylesheets should be a list, not {type(stylesheets)}")
        self.feed = {
            "title": _text(title),
            "link": iri_to_uri(link),
            "description": _text(description),
            "language": _text(language),
            "author_email": _text(author_email),
            "author_name": _text(author_name),
            "author_link": _uri(author_link),
            "subtitle": _text(subtitle),
            "categories": [str(category) for category in categories or ()],
            "feed_url": _uri(feed_url),
            "feed_copyright": _text(feed_copyright),
            "id": feed_guid or link,
            "ttl": _text(ttl),
            "stylesheets": None
            if stylesheets is None
            else [sheet if isinstance(sheet, Stylesheet) else Stylesheet(sheet) for sheet in stylesheets],
            **kwargs,
        }
        self.items: list[dict[str, Any]] = []

    def add_item(
        self,
        title: Any,
        link: Any,
        description: Any,
        author_email: Any = None,
        author_name: Any = None,
        author_link: Any = None,
        pubdate: datetime.date | None = None,
        comments: Any = None,
        unique_id: Any = None,
        unique_id_is_permalink: bool | None = None,
        categories: Iterable[Any] | None = (),
        item_copyright: Any = None,
        ttl: Any = None,
        updateddate: datetime.date | None = None,
        enclosures: Iterable[Enclosure] | None = None,
        **kwargs: Any,
    ) -> None:
        """Add an item. `pubdate` and `updateddate` are datetimes, `enclosures` are Enclosures, the rest is text."""
        self.items.append(
            {
                "title": _text(title),
                "link": iri_to_uri(link),
                "description": _text(description),
                "author_email": _text(author_email),
                "author_name": _text(author_name),
                "author_link": _uri(author_link),
                "pubdate": pubdate,
                "updateddate": updateddate,
                "comments": _text(comments),
                "unique_id": _text(unique_id),
                "unique_id_is_permalink": unique_id_is_permalink,
                "enclosures": enclosures or (),
                "categories": [str(category) for category in categories or ()],
                "item_copyright": _text(item_copyright),
                "ttl": _text(ttl),
                **kwargs,
            }
        )

    def num_items(self) -> int:
        """Return how many items there are."""
        return len(self.items)

    def root_attributes(self) -> dict[str, str]:
        """Return attributes for the outermost element."""
        return {}

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        """Write what comes before the items."""

    def add_stylesheets(self, handler: SimplerXMLGenerator) -> None:
        """Write the processing instructions that name style sheets."""

    def item_attributes(self, item: dict[str, Any]) -> dict[str, str]:
        """Return attributes for the element of an item."""
        return {}

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        """Write what belongs to an item."""

    def write(self, outfile: Any, encoding: str) -> None:
        """Write the feed to a file."""
        raise NotImplementedError("subclasses of SyndicationFeed must provide a write() method")

    def writeString(self, encoding: str) -> str:
        """Return the feed as text."""
        buffer = StringIO()
        self.write(buffer, encoding)
        return buffer.getvalue()

    def latest_post_date(self) -> datetime.datetime:
        """Return the latest date of the items, or the present time in UTC where none has one."""
        dates = [item[key] for item in self.items for key in ("updateddate", "pubdate") if item[key]]
        return max(dates, default=datetime.datetime.now(tz=datetime.UTC))


def _each_stylesheet(feed: dict[str, Any], handler: SimplerXMLGenerator) -> None:
    for sheet in feed["stylesheets"] or ():
        handler.processingInstruction("xml-stylesheet", str(sheet))


def _document(outfile: Any, encoding: str) -> SimplerXMLGenerator:
    handler = SimplerXMLGenerator(outfile, encoding, short_empty_elements=True)
    handler.startDocument()
    return handler


class RssFeed(SyndicationFeed):
    """Base class of the RSS formats."""

    content_type = "application/rss+xml; charset=utf-8"
    _version: str

    def write(self, outfile: Any, encoding: str) -> None:
        handler = _document(outfile, encoding)
        # Between the declaration and the document element; the standard allows it nowhere else.
        self.add_stylesheets(handler)
        with handler.element("rss", self.rss_attributes()):
            handler.startElement("channel", self.root_attributes())
            self.add_root_elements(handler)
            self.write_items(handler)
            self.endChannelElement(handler)

    def rss_attributes(self) -> dict[str, str]:
        """Return attributes for the `rss` element."""
        return {"version": self._version, "xmlns:atom": ATOM_NAMESPACE}

    def write_items(self, handler: SimplerXMLGenerator) -> None:
        """Write all items."""
        for item in self.items:
            with handler.element("item", self.item_attributes(item)):
                self.add_item_elements(handler, item)

    def add_stylesheets(self, handler: SimplerXMLGenerator) -> None:
        _each_stylesheet(self.feed, handler)

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        feed = self.feed
        for name in ("title", "link", "description"):
            handler.addQuickElement(name, feed[name])
        if feed["feed_url"] is not None:
            handler.addQuickElement("atom:link", None, {"rel": "self", "href": feed["feed_url"]})
        if feed["language"] is not None:
            handler.addQuickElement("language", feed["language"])
        for category in feed["categories"]:
            handler.addQuickElement("category", category)
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("copyright", feed["feed_copyright"])
        handler.addQuickElement("lastBuildDate", rfc2822_date(self.latest_post_date()))
        if feed["ttl"] is not None:
            handler.addQuickElement("ttl", feed["ttl"])

    def endChannelElement(self, handler: SimplerXMLGenerator) -> None:
        """End the channel."""
        handler.endElement("channel")


class RssUserland091Feed(RssFeed):
    """RSS 0.91: http://backend.userland.com/rss091"""

    _version = "0.91"

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        for name in ("title", "link"):
            handler.addQuickElement(name, item[name])
        if item["description"] is not None:
            handler.addQuickElement("description", item["description"])


class Rss201rev2Feed(RssFeed):
    """RSS 2.0.1: https://cyber.harvard.edu/rss/rss.html"""

    _version = "2.0"

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        for name in ("title", "link"):
            handler.addQuickElement(name, item[name])
        if item["description"] is not None:
            handler.addQuickElement("description", item["description"])
        self._add_author(handler, item)
        if item["pubdate"] is not None:
            handler.addQuickElement("pubDate", rfc2822_date(item["pubdate"]))
        if item["comments"] is not None:
            handler.addQuickElement("comments", item["comments"])
        if item["unique_id"] is not None:
            permalink = item.get("unique_id_is_permalink")
            attributes = {} if permalink is None else {"isPermaLink": str(permalink).lower()}
            handler.addQuickElement("guid", item["unique_id"], attributes)
        if item["ttl"] is not None:
            handler.addQuickElement("ttl", item["ttl"])
        self._add_enclosure(handler, item)
        for category in item["categories"]:
            handler.addQuickElement("category", category)

    def _add_author(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        name, address = item["author_name"], item["author_email"]
        if address:
            handler.addQuickElement("author", f"{address} ({name})" if name else address)
        elif name:
            # RSS has no element for an author without an address; Dublin Core has.
            handler.addQuickElement("dc:creator", name, {"xmlns:dc": "http://purl.org/dc/elements/1.1/"})

    def _add_enclosure(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        enclosures = list(item["enclosures"])
        if len(enclosures) > 1:
            raise ValueError(
                "RSS feed items may only have one enclosure, see http://www.rssboard.org/rss-profile#element-"
                "channel-item-enclosure"
            )
        for enclosure in enclosures:
            handler.addQuickElement(
                "enclosure",
                "",
                {"url": enclosure.url, "length": enclosure.length, "type": enclosure.mime_type},
            )


class Atom1Feed(SyndicationFeed):
    """Atom 1.0: RFC 4287"""

    content_type = "application/atom+xml; charset=utf-8"
    ns = ATOM_NAMESPACE

    def write(self, outfile: Any, encoding: str) -> None:
        handler = _document(outfile, encoding)
        self.add_stylesheets(handler)
        with handler.element("feed", self.root_attributes()):
            self.add_root_elements(handler)
            self.write_items(handler)

    def root_attributes(self) -> dict[str, str]:
        language = self.feed["language"]
        return {"xmlns": self.ns} | ({} if language is None else {"xml:lang": language})

    def add_stylesheets(self, handler: SimplerXMLGenerator) -> None:
        _each_stylesheet(self.feed, handler)

    def add_root_elements(self, handler: SimplerXMLGenerator) -> None:
        feed = self.feed
        handler.addQuickElement("title", feed["title"])
        handler.addQuickElement("link", "", {"rel": "alternate", "href": feed["link"]})
        if feed["feed_url"] is not None:
            handler.addQuickElement("link", "", {"rel": "self", "href": feed["feed_url"]})
        handler.addQuickElement("id", feed["id"])
        handler.addQuickElement("updated", rfc3339_date(self.latest_post_date()))
        self._add_author(handler, feed)
        if feed["subtitle"] is not None:
            handler.addQuickElement("subtitle", feed["subtitle"])
        for category in feed["categories"]:
            handler.addQuickElement("category", "", {"term": category})
        if feed["feed_copyright"] is not None:
            handler.addQuickElement("rights", feed["feed_copyright"])

    def write_items(self, handler: SimplerXMLGenerator) -> None:
        """Write all items."""
        for item in self.items:
            with handler.element("entry", self.item_attributes(item)):
                self.add_item_elements(handler, item)

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        handler.addQuickElement("title", item["title"])
        handler.addQuickElement("link", "", {"href": item["link"], "rel": "alternate"})
        for name, key in (("published", "pubdate"), ("updated", "updateddate")):
            if item[key] is not None:
                handler.addQuickElement(name, rfc3339_date(item[key]))
        self._add_author(handler, item)
        unique_id = item["unique_id"]
        handler.addQuickElement(
            "id", get_tag_uri(item["link"], item["pubdate"]) if unique_id is None else unique_id
        )
        if item["description"] is not None:
            handler.addQuickElement("summary", item["description"], {"type": "html"})
        for enclosure in item["enclosures"]:
            attributes = {"rel": "enclosure", "href": enclosure.url, "length": enclosure.length}
            handler.addQuickElement("link", "", attributes | {"type": enclosure.mime_type})
        for category in item["categories"]:
            handler.addQuickElement("category", "", {"term": category})
        if item["item_copyright"] is not None:
            handler.addQuickElement("rights", item["item_copyright"])

    def _add_author(self, handler: SimplerXMLGenerator, of: dict[str, Any]) -> None:
        if of["author_name"] is None:
            return
        handler.startElement("author", {})
        for name, key in (("name", "author_name"), ("email", "author_email"), ("uri", "author_link")):
            if of[key]:
                handler.addQuickElement(name, of[key])
        handler.endElement("author")


# What code gets that does not care which format.
DefaultFeed = Rss201rev2Feed
