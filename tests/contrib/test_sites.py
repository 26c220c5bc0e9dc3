"""Sites: by setting, or by the domain that is asked for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nuages.test import RequestFactory
from nuages.test.utils import override_settings

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture(autouse=True)
def fresh(site: None) -> Iterator[None]:
    from nuages.contrib.sites.models import Site

    Site.objects.clear_cache()
    yield
    Site.objects.clear_cache()


def test_a_new_database_has_a_site() -> None:
    from nuages.contrib.sites.models import Site

    assert Site.objects.get_current().domain == "example.com"


def test_a_changed_site_is_not_remembered() -> None:
    from nuages.contrib.sites.models import Site

    site = Site.objects.get_current()
    other = Site.objects.get(pk=site.pk)
    other.name = "Another name"
    other.save()
    assert Site.objects.get_current().name == "Another name"


@override_settings(SITE_ID=None, ALLOWED_HOSTS=["shop.test"])
@pytest.mark.parametrize("host", ["shop.test", "shop.test:81", "shop.test.", "SHOP.test"])
def test_the_site_of_a_request_is_found_by_its_domain(host: str) -> None:
    from nuages.contrib.sites.models import Site
    from nuages.contrib.sites.shortcuts import get_current_site

    shop = Site.objects.create(domain="shop.test", name="shop")
    assert get_current_site(RequestFactory().get("/", headers={"host": host})) == shop
