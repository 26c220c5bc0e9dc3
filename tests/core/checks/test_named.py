"""The check of settings that name Python objects."""

from __future__ import annotations

import pytest

from nuages.core.checks.named import check_named_objects
from nuages.test import override_settings


def _found(**settings):
    with override_settings(**settings):
        return [(message.id, message.msg) for message in check_named_objects(None)]


def test_the_defaults_name_what_is_there():
    assert _found() == []


@pytest.mark.parametrize(
    ("setting", "value", "named", "place"),
    [
        (
            "MIDDLEWARE",
            ["django.middleware.gone.Middleware"],
            "django.middleware.gone.Middleware",
            "MIDDLEWARE",
        ),
        ("FORM_RENDERER", "django.forms.renderers.Gone", "django.forms.renderers.Gone", "FORM_RENDERER"),
        ("CACHES", {"default": {"BACKEND": "no.such.Cache"}}, "no.such.Cache", "CACHES['default']"),
        ("SESSION_ENGINE", "no.such.engine", "no.such.engine", "SESSION_ENGINE"),
        (
            "TEMPLATES",
            [
                {
                    "BACKEND": "django.template.backends.django.DjangoTemplates",
                    "OPTIONS": {"context_processors": ["mysite.context.gone"]},
                }
            ],
            "mysite.context.gone",
            "TEMPLATES",
        ),
    ],
)
def test_what_is_not_there_is_told_with_the_setting_that_names_it(setting, value, named, place):
    assert _found(**{setting: value}) == [
        ("settings.E001", f"{place} names '{named}', which cannot be imported.")
    ]


def test_a_router_may_be_an_object():
    assert _found(DATABASE_ROUTERS=[object()]) == []
