"""The page and the list on Litestar with SQLAlchemy, msgspec and Jinja2.

Views run on the loop and ask SQLite right there, as in `fastapi_site.py`. The Host header is not checked: Litestar's own check does not
know of ports.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import visitor
from litestar import Litestar, MediaType, Request, Response, get
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template.config import TemplateConfig
from peer_models import newest, reader, sessions


class AuthorOut(msgspec.Struct):
    """An author in the list."""

    name: str
    country: str


class PublisherOut(msgspec.Struct):
    """A publisher in the list."""

    name: str
    city: str


class BookOut(msgspec.Struct):
    """A book in the list."""

    title: str
    slug: str
    author: AuthorOut
    publisher: PublisherOut
    published: date
    pages: int
    available: bool


class BooksOut(msgspec.Struct):
    """The list."""

    books: list[BookOut]


@get("/page/", sync_to_thread=False)
def page(request: Request[Any, Any, Any]) -> Template:
    """The page."""
    secret = visitor.csrf_secret(request.cookies)
    with sessions() as session:
        user = reader(session, request.cookies)
        context = {
            "user": user,
            "books": newest(session),
            "token": visitor.csrf_token(secret) if user else "",
        }
    headers = {"Vary": "Cookie"}
    if user:
        headers["Set-Cookie"] = visitor.csrf_cookie(secret)
    return Template("newest.html", context=context, headers=headers)


@get("/data/", sync_to_thread=False)
def data() -> BooksOut:
    """The list."""
    with sessions() as session:
        return msgspec.convert({"books": newest(session)}, BooksOut, from_attributes=True)


@get("/trivial/", media_type=MediaType.HTML, sync_to_thread=False)
def trivial() -> str:
    """Next to nothing."""
    return "ok"


def with_headers(response: Response[Any]) -> Response[Any]:
    """Add the security headers."""
    response.headers.update(visitor.SECURITY)
    return response


application = Litestar(
    [page, data, trivial],
    after_request=with_headers,
    openapi_config=None,
    template_config=TemplateConfig(
        directory=Path(__file__).parent / "peer_templates", engine=JinjaTemplateEngine
    ),
)
