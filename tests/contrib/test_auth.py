"""Users, permissions, sessions of users, and the commands that make them."""

from __future__ import annotations

import asyncio
import io
from typing import Any

import pytest

from nuages.http import HttpRequest
from nuages.test.utils import override_settings

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def ada() -> Any:
    from nuages.contrib.auth.models import User

    return User.objects.create_user("ada", "ada@EXAMPLE.com", "a long password")


def visitor() -> HttpRequest:
    from nuages.contrib.auth.models import AnonymousUser
    from nuages.contrib.sessions.backends.db import SessionStore

    request: Any = HttpRequest()
    request.session = SessionStore()
    request.user = AnonymousUser()
    return request


def test_a_user_is_made_with_a_hashed_password_and_a_normal_address(ada: Any) -> None:
    assert ada.password.startswith("md5$")
    assert ada.check_password("a long password")
    assert not ada.check_password("another")
    assert ada.email == "ada@example.com"


def test_logging_in_changes_the_key_and_remembers_the_user(ada: Any) -> None:
    from nuages.contrib import auth

    request: Any = visitor()
    request.session.save()
    before = request.session.session_key
    user = auth.authenticate(request, username="ada", password="a long password")
    auth.login(request, user)
    assert request.session.session_key != before
    assert auth.get_user(request) == ada
    # As Django wrote it, so that the session can go back there.
    assert request.session[auth.BACKEND_SESSION_KEY] == "django.contrib.auth.backends.ModelBackend"


def test_a_new_password_ends_other_sessions(ada: Any) -> None:
    from nuages.contrib import auth

    request: Any = visitor()
    auth.login(request, ada, backend="nuages.contrib.auth.backends.ModelBackend")
    ada.set_password("something else")
    ada.save()
    assert not auth.get_user(request).is_authenticated
    assert request.session.is_empty()


def test_another_secret_key_ends_sessions_unless_the_old_one_is_a_fallback(ada: Any) -> None:
    with override_settings(SECRET_KEY="old"):
        known = ada.get_session_auth_hash()
        assert ada.get_session_auth_hash() == known
    assert ada.get_session_auth_hash() != known
    with override_settings(SECRET_KEY_FALLBACKS=["older", "old"]):
        assert list(ada.get_session_auth_fallback_hash())[1] == known


def test_inactive_users_cannot_log_in(ada: Any) -> None:
    from nuages.contrib import auth

    ada.is_active = False
    ada.save()
    assert auth.authenticate(username="ada", password="a long password") is None


def test_permissions_come_from_user_and_groups(ada: Any) -> None:
    from nuages.contrib.auth.models import Group, Permission, User

    own = Permission.objects.get(codename="add_group")
    of_group = Permission.objects.get(codename="delete_group")
    group = Group.objects.create(name="editors")
    group.permissions.add(of_group)
    ada.user_permissions.add(own)
    ada.groups.add(group)
    fresh = User.objects.get(pk=ada.pk)
    assert fresh.get_all_permissions() == {"auth.add_group", "auth.delete_group"}
    assert fresh.has_perm("auth.add_group")
    assert not fresh.has_perm("auth.change_group")
    assert list(User.objects.with_perm("auth.delete_group")) == [ada]


async def _ask(user: Any) -> tuple[bool, bool]:
    # Plain calls inside a coroutine, and the async faces beside them.
    return user.has_perm("auth.add_group"), await user.ahas_perm("auth.add_group")


def test_permissions_can_be_asked_for_in_coroutines(ada: Any) -> None:
    from nuages.spine import wait

    assert wait(_ask(ada)) == (False, False)


def test_a_reset_token_works_once(ada: Any) -> None:
    from nuages.contrib.auth.tokens import default_token_generator

    token = default_token_generator.make_token(ada)
    assert default_token_generator.check_token(ada, token)
    assert not default_token_generator.check_token(ada, f"{token}x")
    ada.set_password("something else")
    assert not default_token_generator.check_token(ada, token)


def test_common_passwords_are_refused() -> None:
    from nuages.contrib.auth.password_validation import CommonPasswordValidator
    from nuages.core.exceptions import ValidationError

    validator = CommonPasswordValidator()
    assert len(validator.passwords) > 19_000
    with pytest.raises(ValidationError, match="too common"):
        validator.validate("letmein")
    validator.validate("zebra-tuba-lamp-9")


def test_createsuperuser_takes_options_and_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    from nuages.contrib.auth.models import User
    from nuages.core.management import CommandError, call_command

    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", "from the environment")
    out = io.StringIO()
    call_command("createsuperuser", interactive=False, username="root", email="root@example.com", stdout=out)
    root = User.objects.get(username="root")
    assert root.is_superuser and root.check_password("from the environment")
    assert out.getvalue() == "Superuser created successfully.\n"
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", interactive=False, username="root", email="")


def test_the_models_are_as_the_migrations_say() -> None:
    from nuages.core.management import call_command

    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


@override_settings(ROOT_URLCONF="nuages.contrib.auth.urls", LOGIN_URL="login")
def test_coroutine_views_ask_who_it_is_in_their_own_way(ada: Any) -> None:
    from nuages.contrib.auth.decorators import login_required, permission_required
    from nuages.contrib.auth.models import AnonymousUser
    from nuages.http import HttpResponse

    @login_required
    async def view(request: Any) -> HttpResponse:
        return HttpResponse("in")

    @permission_required("auth.add_user")
    async def guarded(request: Any) -> HttpResponse:
        return HttpResponse("in")

    def request_of(user: Any) -> Any:
        async def auser() -> Any:
            return user

        request: Any = HttpRequest()
        request.path = request.path_info = "/page/"
        request.META = {"SERVER_NAME": "testserver", "SERVER_PORT": "80"}
        request.auser = auser
        return request

    async def statuses() -> list[int]:
        asked = (view, ada), (view, AnonymousUser()), (guarded, ada)
        return [(await page(request_of(user))).status_code for page, user in asked]

    assert asyncio.run(statuses()) == [200, 302, 302]


def test_a_session_is_kept_in_coroutines_when_the_password_changes(ada: Any) -> None:
    from nuages.contrib import auth
    from nuages.contrib.auth.backends import ModelBackend

    request = visitor()
    auth.login(request, ada, f"{ModelBackend.__module__}.ModelBackend")
    del request.user

    async def change() -> None:
        async def auser() -> Any:
            return ada

        request.auser = auser
        await auth.aupdate_session_auth_hash(request, ada)

    before = request.session.session_key
    ada.set_password("another long password")
    asyncio.run(change())
    assert request.session.session_key != before
    assert request.session[auth.HASH_SESSION_KEY] == ada.get_session_auth_hash()


def test_a_form_for_new_passwords_asks_browsers_for_them() -> None:
    from nuages.contrib.auth.forms import AdminUserCreationForm, SetPasswordForm, UserCreationForm
    from nuages.contrib.auth.models import User

    assert "required" in str(UserCreationForm()["password1"])
    form = SetPasswordForm(User(), {})
    assert form["new_password1"].errors == ["This field is required."]
    # Whether one is needed depends on a choice made in the form.
    assert "required" not in str(AdminUserCreationForm()["password1"])
    assert AdminUserCreationForm({"usable_password": "true"})["password1"].errors == [
        "This field is required."
    ]
    assert AdminUserCreationForm({"usable_password": "false"})["password1"].errors == []


def test_a_hash_is_shown_in_part() -> None:
    from nuages.contrib.auth.hashers import make_password
    from nuages.contrib.auth.templatetags.auth import render_password_as_hash

    assert "No password set." in render_password_as_hash(make_password(None))
    assert "Invalid password format" in render_password_as_hash("md5$")
    encoded = make_password("secret", "salty", "md5")
    shown = render_password_as_hash(encoded)
    assert shown.startswith("<p><strong>algorithm</strong>: <bdi>md5</bdi> ")
    assert encoded.rpartition("$")[2] not in shown


def test_who_listens_for_the_user_class_hears_of_a_lazy_user_too(ada: Any) -> None:
    from nuages.contrib.auth import login, logout
    from nuages.contrib.auth.models import User
    from nuages.contrib.auth.signals import user_logged_in, user_logged_out
    from nuages.utils.functional import SimpleLazyObject

    heard: list[str] = []

    def hear(user: Any, **kwargs: Any) -> None:
        heard.append(user.username)

    user_logged_in.connect(hear, sender=User)
    user_logged_out.connect(hear, sender=User)
    request: Any = visitor()
    request.user = SimpleLazyObject(lambda: ada)
    login(request, request.user, backend="nuages.contrib.auth.backends.ModelBackend")
    request.user = SimpleLazyObject(lambda: ada)
    logout(request)
    user_logged_in.disconnect(hear, sender=User)
    user_logged_out.disconnect(hear, sender=User)
    assert heard == ["ada", "ada"]
