"""The page and the list on FastAPI with SQLAlchemy and Jinja2.

The views are `async def` and ask SQLite right there: measured, that is quicker than FastAPI's threads or aiosqlite, as each
query takes less time than a hop.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import visitor
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from peer_models import newest, reader, sessions
from pydantic import BaseModel, ConfigDict
from starlette.datastructures import MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class SecurityHeaders:
    """Adds the security headers, as a plain ASGI middleware (the quick kind)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(visitor.SECURITY)
            await send(message)

        await self.app(scope, receive, with_headers)


class AuthorOut(BaseModel):
    """An author in the list."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    country: str


class PublisherOut(BaseModel):
    """A publisher in the list."""

    model_config = ConfigDict(from_attributes=True)
    name: str
    city: str


class BookOut(BaseModel):
    """A book in the list."""

    model_config = ConfigDict(from_attributes=True)
    title: str
    slug: str
    author: AuthorOut
    publisher: PublisherOut
    published: date
    pages: int
    available: bool


class BooksOut(BaseModel):
    """The list."""

    model_config = ConfigDict(from_attributes=True)
    books: list[BookOut]


application = FastAPI(openapi_url=None)
application.add_middleware(SecurityHeaders)
application.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"])
templates = Jinja2Templates(Path(__file__).parent / "peer_templates")


@application.get("/page/")
async def page(request: Request) -> HTMLResponse:
    """The page."""
    secret = visitor.csrf_secret(request.cookies)
    with sessions() as session:
        user = reader(session, request.cookies)
        context = {
            "user": user,
            "books": newest(session),
            "token": visitor.csrf_token(secret) if user else "",
        }
        response = templates.TemplateResponse(request, "newest.html", context)
    response.headers["Vary"] = "Cookie"
    if user:
        response.headers["Set-Cookie"] = visitor.csrf_cookie(secret)
    return response


@application.get("/data/")
async def data() -> BooksOut:
    """The list."""
    with sessions() as session:
        return BooksOut.model_validate({"books": newest(session)})


@application.get("/trivial/")
async def trivial() -> HTMLResponse:
    """Next to nothing."""
    return HTMLResponse("ok")
