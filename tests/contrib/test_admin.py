"""The admin's registry and log; its pages say that they are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from nuages.contrib.admin import autodiscover
from nuages.core.exceptions import ImproperlyConfigured
from nuages.test import RequestFactory, modify_settings

pytestmark = pytest.mark.usefixtures("site")


def test_options_given_at_registration_are_the_model_admins() -> None:
    from nuages.contrib import admin
    from nuages.contrib.admin.exceptions import AlreadyRegistered
    from nuages.contrib.auth.models import Group

    site = admin.AdminSite()
    site.register(Group, search_fields=["name"])
    assert site.get_model_admin(Group).search_fields == ["name"]
    with pytest.raises(AlreadyRegistered):
        site.register(Group)


def test_a_site_with_admin_urls_starts_and_the_pages_say_they_are_missing() -> None:
    from nuages.contrib import admin
    from nuages.urls import path
    from nuages.urls.resolvers import RegexPattern, URLResolver

    resolver = URLResolver(RegexPattern(r"^/"), [path("admin/", admin.site.urls)])
    match = resolver.resolve("/admin/auth/user/")
    with pytest.raises(ImproperlyConfigured, match="not part of this release"):
        match.func(RequestFactory().get("/admin/auth/user/"), *match.args, **match.kwargs)


def test_a_site_may_put_something_around_the_page_to_log_in_at() -> None:
    from nuages.contrib import admin

    site = admin.AdminSite()
    site.login = lambda request, login=site.login: ("guarded", login)  # type: ignore[method-assign, misc, assignment]
    assert site.login(None)[0] == "guarded"
    with pytest.raises(ImproperlyConfigured, match="not part of this release"):
        admin.AdminSite().login(RequestFactory().get("/admin/login/"))


def test_the_log_reads_as_sentences() -> None:
    from nuages.contrib.admin.models import CHANGE, LogEntry
    from nuages.contrib.auth.models import Group, User

    ada = User.objects.create_user("ada")
    group = Group.objects.create(name="editors")
    steps: list[dict[str, Any]] = [
        {"changed": {"fields": ["Name", "Permissions"]}},
        {"added": {"name": "user", "object": "bob"}},
    ]
    entry = LogEntry.objects.log_actions(ada.pk, [group], CHANGE, steps, single_object=True)
    assert str(entry) == "Changed “editors” — Changed Name and Permissions. Added user “bob”."
    assert entry.get_edited_object() == group


def test_keys_survive_addresses() -> None:
    from nuages.contrib.admin.utils import quote, unquote

    key = "a/b_c:d?e#f & 100%\n"
    assert "/" not in quote(key)
    assert unquote(quote(key)) == key


def test_an_admin_module_that_needs_the_pages_is_left_out_with_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, admin in (
        ("needy", "from nuages.contrib.admin.views.main import ChangeList"),
        ("broken", "import nowhere"),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
        (tmp_path / name / "admin.py").write_text(admin)
    monkeypatch.syspath_prepend(tmp_path)
    with (
        pytest.warns(RuntimeWarning, match=r"'needy\.admin' is not loaded: .*views\.main"),
        modify_settings(INSTALLED_APPS={"append": ["needy"]}),
    ):
        autodiscover()
    with (
        pytest.raises(ModuleNotFoundError, match="nowhere"),
        modify_settings(INSTALLED_APPS={"append": ["broken"]}),
    ):
        autodiscover()
