"""Pages and addresses from the database, sitemaps and feeds."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nuages.http import HttpResponse, HttpResponseNotFound
from nuages.test import Client, RequestFactory
from nuages.test.utils import override_settings
from nuages.utils.csp import CSP

pytestmark = pytest.mark.usefixtures("site")


def missing(request: Any) -> HttpResponse:
    return HttpResponseNotFound()


@pytest.mark.parametrize(("new_path", "status"), [("/new/", 301), ("", 410)])
def test_a_moved_address_is_answered_where_there_is_no_page(new_path: str, status: int) -> None:
    from nuages.contrib.redirects.middleware import RedirectFallbackMiddleware
    from nuages.contrib.redirects.models import Redirect

    Redirect.objects.create(site_id=1, old_path="/old/?a=1", new_path=new_path)
    middleware: Any = RedirectFallbackMiddleware(missing)
    with override_settings(APPEND_SLASH=True):
        assert middleware(RequestFactory().get("/old?a=1")).status_code == status
        assert middleware(RequestFactory().get("/other")).status_code == 404


def test_a_flat_page_form_refuses_a_url_that_is_taken_on_the_site() -> None:
    from nuages.contrib.flatpages.forms import FlatpageForm

    data = {"url": "/about/", "title": "About", "content": "Us", "sites": [1]}
    page = FlatpageForm(data).save()
    again = FlatpageForm(data)
    assert again.errors == {"__all__": ["Flatpage with url /about/ already exists for site example.com"]}
    assert FlatpageForm(data, instance=page).is_valid()


def test_a_sitemap_has_a_date_only_where_all_its_items_have_one() -> None:
    from datetime import date

    from nuages.contrib.sitemaps import Sitemap
    from nuages.contrib.sitemaps.views import sitemap

    class Dated(Sitemap):
        def items(self) -> list[Any]:
            return [date(2024, 5, 1), None]

        def location(self, item: Any) -> str:
            return f"/{item}/"

        def lastmod(self, item: Any) -> Any:
            return item

    class AllDated(Dated):
        def items(self) -> list[Any]:
            return [date(2024, 5, 1), date(2024, 6, 1)]

    some, every = (
        sitemap(RequestFactory().get("/"), {"pages": section}).render() for section in (Dated, AllDated)
    )
    assert "Last-Modified" not in some
    assert every["Last-Modified"] == "Sat, 01 Jun 2024 00:00:00 GMT"
    assert "<loc>http://example.com/2024-06-01/</loc><lastmod>2024-06-01</lastmod>" in every.content.decode()


def test_values_of_a_feed_may_be_attributes_or_methods() -> None:
    from nuages.contrib.syndication.views import Feed

    class News(Feed):
        title = "News"
        link = "/news/"

        def description(self, obj: Any) -> str:
            return f"about {obj}"

        def get_object(self, request: Any, *args: Any, **kwargs: Any) -> str:
            return kwargs["topic"]

        def items(self) -> list[str]:
            return ["one <b>"]

        def item_link(self, item: Any) -> str:
            return "//cdn.example.com/one"

    text = News()(RequestFactory().get("/feed/"), topic="bees").content.decode()
    assert "<description>about bees</description>" in text
    assert "<title>one &amp;lt;b&amp;gt;</title>" in text
    assert "<link>http://cdn.example.com/one</link>" in text


TEMPLATES = [
    {
        "BACKEND": "nuages.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "nuages.template.context_processors.request",
                "nuages.template.context_processors.csp",
                "nuages.contrib.auth.context_processors.auth",
            ]
        },
    }
]
MIDDLEWARE = [
    "nuages.middleware.csp.ContentSecurityPolicyMiddleware",
    "nuages.contrib.sessions.middleware.SessionMiddleware",
    "nuages.middleware.csrf.CsrfViewMiddleware",
    "nuages.contrib.auth.middleware.AuthenticationMiddleware",
]


@override_settings(SECURE_CSP={"style-src": [CSP.NONCE]})
@override_settings(ROOT_URLCONF="nuages.contrib.auth.urls", TEMPLATES=TEMPLATES, MIDDLEWARE=MIDDLEWARE)
def test_the_pages_about_passwords_come_with_the_framework(mailoutbox: Any) -> None:
    from nuages.contrib.auth.models import User

    user = User.objects.create_user("ada", "ada@example.com", "a long password")
    visitor = Client()
    first = visitor.get("/password_reset/")
    assert "<h1>Password reset</h1>" in first.text
    nonce = re.search(r"<style nonce=\"([^\"]+)\"", first.text)
    assert nonce and f"style-src 'nonce-{nonce[1]}'" in first.headers["Content-Security-Policy"]
    done = visitor.post("/password_reset/", {"email": user.email}, follow=True)
    assert "<h1>Password reset sent</h1>" in done.text
    link = re.search(r"/reset/\S+", mailoutbox[0].body)
    assert link
    asked = visitor.get(link[0], follow=True)
    assert "<title>Enter new password | Django site admin</title>" in asked.text
    where = asked.redirect_chain[-1][0]
    wrong = visitor.post(where, {"new_password1": "a", "new_password2": "b"})
    assert "<title>Error: Enter new password" in wrong.text and "didn’t match" in wrong.text
    new = {"new_password1": "Tower-Rain-77", "new_password2": "Tower-Rain-77"}
    assert "<h1>Password reset complete</h1>" in visitor.post(where, new, follow=True).text
    assert "<h1>Password reset unsuccessful</h1>" in visitor.get(link[0], follow=True).text
    assert visitor.login(username="ada", password="Tower-Rain-77")
    assert "<h1>Password change</h1>" in visitor.get("/password_change/").text
    changed = {
        "old_password": "Tower-Rain-77",
        "new_password1": "Tower-Snow-88",
        "new_password2": "Tower-Snow-88",
    }
    last = visitor.post("/password_change/", changed, follow=True)
    assert "<h1>Password change successful</h1>" in last.text
    assert "Log in again" in visitor.post("/logout/").text
