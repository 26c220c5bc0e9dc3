"""Users, groups, permissions, and who is asking. Documented in topics/auth.

`authenticate` finds the user for credentials, `login` remembers him in the session, `get_user` finds him there again.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from inspect import isawaitable
from typing import Any

from nuages.apps import apps as registry
from nuages.compat import resolved
from nuages.conf import settings
from nuages.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from nuages.core.exceptions import ImproperlyConfigured, PermissionDenied
from nuages.middleware.csrf import rotate_token
from nuages.spine import call, twin, wait
from nuages.utils.crypto import constant_time_compare
from nuages.utils.memo import worked_out_from
from nuages.utils.module_loading import import_string
from nuages.views.decorators.debug import sensitive_variables

SESSION_KEY = "_auth_user_id"
BACKEND_SESSION_KEY = "_auth_user_backend"
HASH_SESSION_KEY = "_auth_user_hash"
REDIRECT_FIELD_NAME = "next"

_STARS = "********************"
_SENSITIVE = ("api", "token", "key", "secret", "password", "signature")


def load_backend(path: str) -> Any:
    """Return an authentication backend by its dotted path."""
    return import_string(path)()


def _anonymous() -> Any:
    from nuages.contrib.auth.models import AnonymousUser

    return AnonymousUser()


def _get_backends(return_tuples: bool = False) -> list[Any]:
    paths = settings.AUTHENTICATION_BACKENDS
    if not paths:
        raise ImproperlyConfigured(
            "No authentication backends have been defined. Does AUTHENTICATION_BACKENDS contain anything?"
        )
    return [(load_backend(path), path) if return_tuples else load_backend(path) for path in paths]


def get_backends() -> list[Any]:
    """Return the authentication backends in their order."""
    return _get_backends()


def _get_compatible_backends(request: Any, **credentials: Any) -> Iterator[tuple[Any, str]]:
    for backend, path in _get_backends(return_tuples=True):
        try:
            inspect.signature(backend.authenticate).bind(request, **credentials)
        except TypeError:
            continue  # it wants other credentials
        yield backend, path


@sensitive_variables("credentials")
def _clean_credentials(credentials: dict[str, Any]) -> dict[str, Any]:
    """Return credentials without what is secret about them."""
    return {
        name: _STARS if any(word in name.lower() for word in _SENSITIVE) else value
        for name, value in dict(credentials).items()
    }


def _get_user_session_key(request: Any) -> Any:
    """Return the key of the user in the session, as the user model has it. Raises `KeyError`."""
    return get_user_model()._meta.pk.to_python(request.session[SESSION_KEY])


@sensitive_variables("credentials")
def authenticate(request: Any = None, **credentials: Any) -> Any:
    """Return the user for the credentials, or None. The first backend that takes such credentials and knows them wins."""
    for backend, path in _get_compatible_backends(request, **credentials):
        try:
            # Not through call(): an error's report must not show the credentials in one more frame.
            user = backend.authenticate(request, **credentials)
            if isawaitable(user):
                user = wait(user)
        except PermissionDenied:
            break  # nobody else is to be asked
        if user is not None:
            user.backend = path
            return user
    user_login_failed.send(
        sender=__name__.replace("nuages", "django", 1),
        credentials=_clean_credentials(credentials),
        request=request,
    )
    return None


def login(request: Any, user: Any, backend: str | None = None) -> None:
    """Remember in the session that the visitor is `user`, who was authenticated by `backend`.

    The session's key changes, so that one that somebody planted is worth nothing; another user's session is emptied.
    """
    if user is None:
        raise AttributeError("'NoneType' object has no attribute 'get_session_auth_hash'")
    session_hash = user.get_session_auth_hash() if hasattr(user, "get_session_auth_hash") else ""
    if SESSION_KEY in request.session:
        same = _get_user_session_key(request) == user.pk and (
            not session_hash or constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), session_hash)
        )
        if not same:
            request.session.flush()
    else:
        request.session.cycle_key()
    request.session[SESSION_KEY] = user._meta.pk.value_to_string(user)
    request.session[BACKEND_SESSION_KEY] = _historic(_backend_of(user, backend))
    request.session[HASH_SESSION_KEY] = session_hash
    if hasattr(request, "user"):
        request.user = user
    if hasattr(request, "auser"):
        request.auser = _knowing(user)
    rotate_token(request)
    # The user of a request is lazy: its class is asked of the user, as that of the lazy object hears nobody.
    user_logged_in.send(sender=user.__class__, request=request, user=user)


def _knowing(user: Any) -> Any:
    async def auser() -> Any:
        return user

    return auser


def _historic(path: str) -> str:
    """Return a path as it is stored: a site may go back to Django, where only its own name is known."""
    return f"django{path[len('nuages') :]}" if path.startswith("nuages.") else path


def _backend_of(user: Any, backend: str | None) -> str:
    if backend is not None:
        if not isinstance(backend, str):
            raise TypeError(f"backend must be a dotted import path string (got {backend}).")
        return backend
    if chosen := getattr(user, "backend", None):
        return chosen
    backends = _get_backends(return_tuples=True)
    if len(backends) != 1:
        raise ValueError(
            "You have multiple authentication backends configured and therefore must provide the `backend` argument "
            "or set the `backend` attribute on the user."
        )
    return backends[0][1]


def logout(request: Any) -> None:
    """Forget who the visitor is, and everything in the session."""
    user = getattr(request, "user", None)
    if not getattr(user, "is_authenticated", True):
        user = None
    user_logged_out.send(sender=user.__class__, request=request, user=user)
    request.session.flush()
    if hasattr(request, "user"):
        request.user = _anonymous()
        if hasattr(request, "auser"):
            request.auser = _knowing(request.user)


def get_user_model() -> Any:
    """Return the user model that AUTH_USER_MODEL names. Raises `ImproperlyConfigured`."""
    try:
        return registry.get_model(settings.AUTH_USER_MODEL, require_ready=False)
    except ValueError:
        raise ImproperlyConfigured("AUTH_USER_MODEL must be of the form 'app_label.model_name'") from None
    except LookupError:
        raise ImproperlyConfigured(
            f"AUTH_USER_MODEL refers to model '{settings.AUTH_USER_MODEL}' that has not been installed"
        ) from None


@worked_out_from("AUTHENTICATION_BACKENDS")
def _allowed_backends() -> frozenset[str]:
    """The paths of the backends, under both names."""
    ours = {resolved(path) for path in settings.AUTHENTICATION_BACKENDS}
    return frozenset(ours | {_historic(path) for path in ours})


def get_user(request: Any) -> Any:
    """Return the user of the session, or an anonymous one. A session from before a password change is emptied."""
    user = None
    try:
        key = _get_user_session_key(request)
        path = request.session[BACKEND_SESSION_KEY]
    except KeyError:
        return _anonymous()
    if path in _allowed_backends():
        user = call(load_backend(path).get_user, key)
        if hasattr(user, "get_session_auth_hash") and not _session_is_genuine(request, user):
            user = None
    return user or _anonymous()


def _session_is_genuine(request: Any, user: Any) -> bool:
    known = request.session.get(HASH_SESSION_KEY)
    if known and constant_time_compare(known, user.get_session_auth_hash()):
        return True
    # Made with a secret key that is being replaced: taken, and written anew.
    if known and any(constant_time_compare(known, each) for each in user.get_session_auth_fallback_hash()):
        request.session.cycle_key()
        request.session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        return True
    request.session.flush()
    return False


def get_permission_codename(action: str, opts: Any) -> str:
    """Return the code name of a permission: `action_model`."""
    return f"{action}_{opts.model_name}"


def update_session_auth_hash(request: Any, user: Any) -> None:
    """Keep the visitor logged in after he changed his password, under a new session key."""
    _keep_logged_in(request, user, request.user)


async def aupdate_session_auth_hash(request: Any, user: Any) -> None:
    """Do the same where `request.auser()` says who is logged in."""
    await _akeep_logged_in(request, user, await request.auser())


def _keep_logged_in(request: Any, changed: Any, visitor: Any) -> None:
    request.session.cycle_key()
    if hasattr(changed, "get_session_auth_hash") and visitor == changed:
        request.session[HASH_SESSION_KEY] = changed.get_session_auth_hash()


_akeep_logged_in = twin(_keep_logged_in)


aauthenticate = twin(authenticate)
alogin = twin(login)
alogout = twin(logout)
aget_user = twin(get_user)
