"""Checks of the settings for security in general."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from nuages.core.checks.messages import Error, Warning
from nuages.core.checks.registry import Tags, register
from nuages.core.exceptions import ImproperlyConfigured
from nuages.utils.csp import CSP
from nuages.utils.module_loading import home_path

CROSS_ORIGIN_OPENER_POLICY_VALUES = frozenset(("same-origin", "same-origin-allow-popups", "unsafe-none"))
REFERRER_POLICY_VALUES = frozenset(
    ("no-referrer", "unsafe-url", "no-referrer-when-downgrade", "same-origin")
) | {f"{strict}origin{when}" for strict in ("", "strict-") for when in ("", "-when-cross-origin")}

SECRET_KEY_INSECURE_PREFIX = "django-insecure-"
SECRET_KEY_MIN_LENGTH = 50
SECRET_KEY_MIN_UNIQUE_CHARACTERS = 5

_WEAK_KEY = (
    f"Your %s has less than {SECRET_KEY_MIN_LENGTH} characters, less than {SECRET_KEY_MIN_UNIQUE_CHARACTERS} unique "
    f"characters, or it's prefixed with '{SECRET_KEY_INSECURE_PREFIX}' indicating that it was generated automatically by "
    "Django. Please generate a long and random value, otherwise many of Django's security-critical features will be "
    "vulnerable to attack."
)

W001 = Warning(
    "You do not have 'django.middleware.security.SecurityMiddleware' in your MIDDLEWARE so the SECURE_HSTS_SECONDS, "
    "SECURE_CONTENT_TYPE_NOSNIFF, SECURE_REFERRER_POLICY, SECURE_CROSS_ORIGIN_OPENER_POLICY, and SECURE_SSL_REDIRECT "
    "settings will have no effect.",
    id="security.W001",
)
W002 = Warning(
    "You do not have 'django.middleware.clickjacking.XFrameOptionsMiddleware' in your MIDDLEWARE, so your pages will not "
    "be served with an 'x-frame-options' header. Unless there is a good reason for your site to be served in a frame, "
    "you should consider enabling this header to help prevent clickjacking attacks.",
    id="security.W002",
)
W004 = Warning(
    "You have not set a value for the SECURE_HSTS_SECONDS setting. If your entire site is served only over SSL, you may "
    "want to consider setting a value and enabling HTTP Strict Transport Security. Be sure to read the documentation "
    "first; enabling HSTS carelessly can cause serious, irreversible problems.",
    id="security.W004",
)
W005 = Warning(
    "You have not set the SECURE_HSTS_INCLUDE_SUBDOMAINS setting to True. Without this, your site is potentially "
    "vulnerable to attack via an insecure connection to a subdomain. Only set this to True if you are certain that all "
    "subdomains of your domain should be served exclusively via SSL.",
    id="security.W005",
)
W006 = Warning(
    "Your SECURE_CONTENT_TYPE_NOSNIFF setting is not set to True, so your pages will not be served with an "
    "'X-Content-Type-Options: nosniff' header. You should consider enabling this header to prevent the browser from "
    "identifying content types incorrectly.",
    id="security.W006",
)
W008 = Warning(
    "Your SECURE_SSL_REDIRECT setting is not set to True. Unless your site should be available over both SSL and non-SSL "
    "connections, you may want to either set this setting True or configure a load balancer or reverse-proxy server to "
    "redirect all connections to HTTPS.",
    id="security.W008",
)
W009 = Warning(_WEAK_KEY % "SECRET_KEY", id="security.W009")
W018 = Warning("You should not have DEBUG set to True in deployment.", id="security.W018")
W019 = Warning(
    "You have 'django.middleware.clickjacking.XFrameOptionsMiddleware' in your MIDDLEWARE, but X_FRAME_OPTIONS is not "
    "set to 'DENY'. Unless there is a good reason for your site to serve other parts of itself in a frame, you should "
    "change it to 'DENY'.",
    id="security.W019",
)
W020 = Warning("ALLOWED_HOSTS must not be empty in deployment.", id="security.W020")
W021 = Warning(
    "You have not set the SECURE_HSTS_PRELOAD setting to True. Without this, your site cannot be submitted to the "
    "browser preload list.",
    id="security.W021",
)
W022 = Warning(
    "You have not set the SECURE_REFERRER_POLICY setting. Without this, your site will not send a Referrer-Policy header. "
    "You should consider enabling this header to protect user privacy.",
    id="security.W022",
)
E023 = Error(
    "You have set the SECURE_REFERRER_POLICY setting to an invalid value.",
    hint=f"Valid values are: {', '.join(sorted(REFERRER_POLICY_VALUES))}.",
    id="security.E023",
)
E024 = Error(
    "You have set the SECURE_CROSS_ORIGIN_OPENER_POLICY setting to an invalid value.",
    hint=f"Valid values are: {', '.join(sorted(CROSS_ORIGIN_OPENER_POLICY_VALUES))}.",
    id="security.E024",
)
W025 = Warning(_WEAK_KEY, id="security.W025")
E026 = Error(
    "The Content Security Policy setting '%s' must be a dictionary (got %r instead).", id="security.E026"
)
W027 = Warning(
    "Your Content Security Policy includes CSP.NONCE and ContentSecurityPolicyMiddleware is enabled, but "
    "'django.template.context_processors.csp' is not configured.",
    hint="Add 'django.template.context_processors.csp' to the context_processors of a template engine.",
    id="security.W027",
)


def has_middleware(path: str) -> bool:
    """Return whether MIDDLEWARE lists this class, under Django's name or ours."""
    from nuages.conf import settings

    return home_path(path) in map(home_path, settings.MIDDLEWARE)


def _security_middleware() -> bool:
    return has_middleware("nuages.middleware.security.SecurityMiddleware")


def _xframe_middleware() -> bool:
    return has_middleware("nuages.middleware.clickjacking.XFrameOptionsMiddleware")


@register(Tags.security, deploy=True)
def check_security_middleware(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the security middleware is missing."""
    return [] if _security_middleware() else [W001]


@register(Tags.security, deploy=True)
def check_xframe_options_middleware(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when nothing keeps the pages out of other sites' frames."""
    return [] if _xframe_middleware() else [W002]


def _settings() -> Any:
    from nuages.conf import settings

    return settings


@register(Tags.security, deploy=True)
def check_sts(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when browsers are not told to keep to HTTPS."""
    return [W004] if _security_middleware() and not _settings().SECURE_HSTS_SECONDS else []


@register(Tags.security, deploy=True)
def check_sts_include_subdomains(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when subdomains are left out of HSTS."""
    settings = _settings()
    wanted = _security_middleware() and settings.SECURE_HSTS_SECONDS
    return [W005] if wanted and settings.SECURE_HSTS_INCLUDE_SUBDOMAINS is not True else []


@register(Tags.security, deploy=True)
def check_sts_preload(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the site cannot be on the preload list."""
    settings = _settings()
    wanted = _security_middleware() and settings.SECURE_HSTS_SECONDS
    return [W021] if wanted and settings.SECURE_HSTS_PRELOAD is not True else []


@register(Tags.security, deploy=True)
def check_content_type_nosniff(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when browsers may guess content types."""
    return [W006] if _security_middleware() and _settings().SECURE_CONTENT_TYPE_NOSNIFF is not True else []


@register(Tags.security, deploy=True)
def check_ssl_redirect(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when plain HTTP is answered."""
    return [W008] if _security_middleware() and _settings().SECURE_SSL_REDIRECT is not True else []


def _is_strong(key: Any) -> bool:
    return bool(
        key
        and len(key) >= SECRET_KEY_MIN_LENGTH
        and len(set(key)) >= SECRET_KEY_MIN_UNIQUE_CHARACTERS
        and not str(key).startswith(SECRET_KEY_INSECURE_PREFIX)
    )


@register(Tags.security, deploy=True)
def check_secret_key(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn about a secret key that can be guessed."""
    try:
        key = _settings().SECRET_KEY
    except (ImproperlyConfigured, AttributeError):
        return [W009]
    return [] if _is_strong(key) else [W009]


@register(Tags.security, deploy=True)
def check_secret_key_fallbacks(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn about former secret keys that can be guessed."""
    try:
        keys = _settings().SECRET_KEY_FALLBACKS
    except (ImproperlyConfigured, AttributeError):
        return [Warning(W025.msg % "SECRET_KEY_FALLBACKS", id=W025.id)]
    return [
        Warning(W025.msg % f"SECRET_KEY_FALLBACKS[{number}]", id=W025.id)
        for number, key in enumerate(keys)
        if not _is_strong(key)
    ]


@register(Tags.security, deploy=True)
def check_debug(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn about debug mode."""
    return [W018] if _settings().DEBUG else []


@register(Tags.security, deploy=True)
def check_xframe_deny(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when some pages may be framed."""
    return [W019] if _xframe_middleware() and _settings().X_FRAME_OPTIONS != "DENY" else []


@register(Tags.security, deploy=True)
def check_allowed_hosts(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when no host is allowed."""
    return [] if _settings().ALLOWED_HOSTS else [W020]


@register(Tags.security, deploy=True)
def check_referrer_policy(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn without a referrer policy; complain about one that does not exist."""
    if not _security_middleware():
        return []
    policy = _settings().SECURE_REFERRER_POLICY
    if policy is None:
        return [W022]
    values = [value.strip() for value in policy.split(",")] if isinstance(policy, str) else policy
    return [] if REFERRER_POLICY_VALUES.issuperset(values) else [E023]


@register(Tags.security, deploy=True)
def check_cross_origin_opener_policy(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Complain about an opener policy that does not exist."""
    policy = _settings().SECURE_CROSS_ORIGIN_OPENER_POLICY
    known = policy is None or policy in CROSS_ORIGIN_OPENER_POLICY_VALUES
    return [] if known or not _security_middleware() else [E024]


def _policies() -> dict[str, Any]:
    settings = _settings()
    return {name: getattr(settings, name, None) for name in ("SECURE_CSP", "SECURE_CSP_REPORT_ONLY")}


@register(Tags.security)
def check_csp_settings(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Complain about content security policies that are no dictionaries."""
    return [
        Error(E026.msg % (name, policy), id=E026.id)
        for name, policy in _policies().items()
        if policy is not None and not isinstance(policy, dict)
    ]


def _uses_nonce(policy: Any) -> bool:
    if not isinstance(policy, dict):
        return False
    return any(
        CSP.NONCE in ([sources] if isinstance(sources, str) else list(sources))
        for sources in policy.values()
        if isinstance(sources, Iterable)
    )


@register(Tags.security)
def check_csp_nonce_context_processor(app_configs: Any, **kwargs: Any) -> list[Any]:
    """Warn when the policy has a nonce that no template can write."""
    if not has_middleware("nuages.middleware.csp.ContentSecurityPolicyMiddleware"):
        return []
    if not any(map(_uses_nonce, _policies().values())):
        return []
    for engine in _settings().TEMPLATES:
        processors = engine.get("OPTIONS", {}).get("context_processors", ())
        if "nuages.template.context_processors.csp" in map(home_path, processors):
            return []
    return [W027]
