"""The settings of mail that MAILERS replaces."""

from __future__ import annotations

import types
import warnings

import pytest

from nuages.conf import settings
from nuages.conf.holders import Settings
from nuages.conf.lazy import LazySettings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.test.utils import override_settings
from nuages.utils.deprecation import RemovedInDjango2028Warning


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    import sys

    made = types.ModuleType("settings_of_both_ways")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    return made


@pytest.mark.filterwarnings("ignore::nuages.utils.deprecation.RemovedInDjango2028Warning")
def test_both_ways_of_configuring_mail_are_refused(module: types.ModuleType) -> None:
    module.__dict__.update(MAILERS={}, EMAIL_HOST="example.com")
    message = "Deprecated email settings are not allowed when MAILERS is defined: EMAIL_HOST."
    with pytest.raises(ImproperlyConfigured, match=message):
        Settings(module.__name__)
    with pytest.raises(ImproperlyConfigured, match=message):
        LazySettings().configure(MAILERS={}, EMAIL_HOST="example.com")


def test_reading_a_replaced_setting_warns_each_time() -> None:
    for _ in range(2):
        with pytest.warns(RemovedInDjango2028Warning, match="The EMAIL_HOST setting is deprecated"):
            assert settings.EMAIL_HOST == "localhost"


@override_settings(MAILERS={})
def test_the_replaced_settings_are_gone_where_mailers_are_defined() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(AttributeError, match="not available when MAILERS is defined"):
            settings.EMAIL_HOST  # noqa: B018 -- reading is what is tested
    assert "EMAIL_HOST" not in dir(settings)
