"""The limit: the same pages by hand, on bare RSGI with `sqlite3` and f-strings, and nothing in between."""

from __future__ import annotations

import json
import os
import sqlite3
from datetime import date
from html import escape
from typing import Any

import visitor

LIST_SQL = """
SELECT b.title, b.slug, b.published, b.pages, b.available, a.name, a.country, p.name, p.city
FROM library_book b JOIN library_author a ON a.id = b.author_id JOIN library_publisher p ON p.id = b.publisher_id
ORDER BY b.published DESC, b.id DESC LIMIT 20"""
MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
HOSTS = {"127.0.0.1", "localhost"}

database = sqlite3.connect(os.environ["BENCH_DB"], isolation_level=None)
database.execute("PRAGMA journal_mode=WAL")
database.execute("PRAGMA synchronous=NORMAL")

HTML = [("content-type", "text/html; charset=utf-8"), *((name.lower(), value) for name, value in visitor.SECURITY.items())]  # fmt: skip
JSON = [("content-type", "application/json"), *HTML[1:]]


def reader(sent: dict[str, str]) -> Any:
    """Return the row of the user who is logged in, if one is."""
    key = sent.get("sessionid")
    row = key and database.execute(visitor.SESSION_SQL, (key, visitor.now())).fetchone()
    data = visitor.session(row[0]) if row else {}
    if "_auth_user_id" not in data:
        return None
    user = database.execute(visitor.USER_SQL, (data["_auth_user_id"],)).fetchone()
    return user if user and user[5] and visitor.is_genuine(data, user[4]) else None


def day(text: str) -> str:
    """Return a day as people read it."""
    when = date.fromisoformat(text)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def row(number: int, book: Any) -> str:
    """Return a row of the table."""
    title, slug, published, pages, available, author, country, house, city = book
    return f"""<tr{"" if available else ' class="lent"'}>
<td>{number}</td>
<td><a href="/book/{escape(slug)}/">{escape(title)}</a></td>
<td>{escape(author)} ({escape(country)})</td>
<td>{escape(house)}, {escape(city)}</td>
<td>{day(published)}</td>
<td>{pages}</td>
</tr>
"""


def page(user: Any, books: list[Any], token: str) -> str:
    """Return the whole page."""
    if user:
        visitor_part = f"""<span>{escape(f"{user[2]} {user[3]}".strip())} ({escape(user[1])})</span>
<form method="post" action="/logout/"><input type="hidden" name="csrfmiddlewaretoken" value="{token}"><button>Log out</button></form>"""
    else:
        visitor_part = "<span>Guest</span>"
    rows = "".join([row(number, book) for number, book in enumerate(books, 1)])
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Newest books – Library</title>
</head>
<body>
<nav>
<a href="/page/">Newest</a>
{visitor_part}
</nav>

<main>

<h1>Newest books</h1>
<table>
<thead><tr><th>#</th><th>Title</th><th>Author</th><th>Publisher</th><th>Published</th><th>Pages</th></tr></thead>
<tbody>
{rows or '<tr><td colspan="6">Nothing yet.</td></tr>'}</tbody>
</table>

</main>
<footer>A small library.</footer>
</body>
</html>
"""


def as_json(books: list[Any]) -> bytes:
    """Return the list as JSON."""
    found = [
        {
            "title": title,
            "slug": slug,
            "author": {"name": author, "country": country},
            "publisher": {"name": house, "city": city},
            "published": published,
            "pages": pages,
            "available": bool(available),
        }
        for title, slug, published, pages, available, author, country, house, city in books
    ]
    return json.dumps({"books": found}).encode()


async def application(scope: Any, protocol: Any) -> None:
    """Answer a request."""
    if (scope.headers.get("host") or "").partition(":")[0] not in HOSTS:
        protocol.response_str(400, [], "Bad Request")
    elif scope.path == "/page/":
        sent = visitor.cookies(scope.headers.get("cookie") or "")
        user = reader(sent)
        secret = visitor.csrf_secret(sent)
        body = page(
            user, database.execute(LIST_SQL).fetchall(), visitor.csrf_token(secret) if user else ""
        ).encode()
        headers = [*HTML, ("vary", "Cookie"), ("content-length", str(len(body)))]
        if user:
            headers.append(("set-cookie", visitor.csrf_cookie(secret)))
        protocol.response_bytes(200, headers, body)
    elif scope.path == "/data/":
        body = as_json(database.execute(LIST_SQL).fetchall())
        protocol.response_bytes(200, [*JSON, ("content-length", str(len(body)))], body)
    elif scope.path == "/trivial/":
        protocol.response_bytes(200, [*HTML, ("content-length", "2")], b"ok")
    else:
        protocol.response_str(404, [], "Not Found")
