from __future__ import annotations

import sys
from types import ModuleType

import pytest

from nuages.conf import LazySettings, Settings, current_project, global_settings, settings, use_settings
from nuages.core.exceptions import ImproperlyConfigured
from nuages.test.utils import override_settings


@pytest.fixture
def module(monkeypatch):
    made = ModuleType("conf_test_settings")
    monkeypatch.setitem(sys.modules, made.__name__, made)
    made.SECRET_KEY = "a key"
    return made


def test_settings_are_read_from_the_module_over_the_defaults(module):
    module.APPEND_SLASH = False
    module.lower_case = "no setting"
    loaded = Settings(module.__name__)
    assert (loaded.SECRET_KEY, loaded.APPEND_SLASH, loaded.USE_TZ) == ("a key", False, True)
    assert loaded.is_overridden("APPEND_SLASH")
    assert not loaded.is_overridden("USE_TZ")
    assert not hasattr(loaded, "lower_case")


def test_our_variable_names_the_module_before_djangos(module, monkeypatch):
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "not.this.one")
    monkeypatch.setenv("NUAGES_SETTINGS_MODULE", module.__name__)
    lazily = LazySettings()
    assert not lazily.configured
    assert lazily.SECRET_KEY == "a key"
    assert lazily.configured
    assert module.__name__ in repr(lazily)


def test_djangos_variable_names_the_module_too(module, monkeypatch):
    monkeypatch.delenv("NUAGES_SETTINGS_MODULE", raising=False)
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", module.__name__)
    assert LazySettings().SECRET_KEY == "a key"


def test_a_project_names_its_module_unless_the_environment_does(monkeypatch):
    for name in ("NUAGES_SETTINGS_MODULE", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    import os

    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "theirs")
    use_settings("ours")
    assert "NUAGES_SETTINGS_MODULE" not in os.environ
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")
    use_settings("ours")
    # Not with monkeypatch, which would put it back when the test ends.
    assert os.environ.pop("NUAGES_SETTINGS_MODULE") == "ours"


def test_without_a_module_the_error_says_which_variables_are_read(monkeypatch):
    for name in ("NUAGES_SETTINGS_MODULE", "DJANGO_SETTINGS_MODULE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(ImproperlyConfigured, match="Requested setting DEBUG") as caught:
        LazySettings().DEBUG  # noqa: B018
    assert "NUAGES_SETTINGS_MODULE" in "".join(caught.value.__notes__)


def test_settings_given_by_hand_are_upper_case_and_given_once():
    lazily = LazySettings()
    with pytest.raises(TypeError, match="must be uppercase"):
        lazily.configure(debug=True)
    lazily = LazySettings()
    lazily.configure(DEBUG=True)
    assert lazily.DEBUG
    with pytest.raises(RuntimeError, match="already configured"):
        lazily.configure()


def test_a_secret_key_must_not_be_empty():
    lazily = LazySettings()
    lazily.configure()
    with pytest.raises(ImproperlyConfigured, match="must not be empty"):
        lazily.SECRET_KEY  # noqa: B018


@pytest.mark.parametrize("name", ["ALLOWED_HOSTS", "INSTALLED_APPS", "TEMPLATE_DIRS"][:2])
def test_a_text_where_a_list_belongs_is_refused(module, name):
    setattr(module, name, "example.com")
    with pytest.raises(ImproperlyConfigured, match="must be a list or a tuple"):
        Settings(module.__name__)


def test_an_override_lasts_as_long_as_its_block():
    before = settings.APPEND_SLASH
    with override_settings(APPEND_SLASH="other"):
        assert settings.APPEND_SLASH == "other"
    assert before == settings.APPEND_SLASH


def test_the_project_can_stand_on_other_settings_for_a_while():
    project = current_project()
    assert project.settings is settings
    with project.using(SECRET_KEY="another"):
        assert settings.SECRET_KEY == "another"
    assert settings.SECRET_KEY != "another"


@pytest.mark.filterwarnings("ignore:The EMAIL_:nuages.utils.deprecation.RemovedInDjango2028Warning")
def test_every_default_is_a_setting():
    shown = [name for name in dir(global_settings) if name.isupper()]
    assert len(shown) > 140
    assert all(hasattr(settings, name) for name in shown if name != "SECRET_KEY")


def test_relative_addresses_stand_under_the_script_name():
    from nuages.urls import set_script_prefix

    with override_settings(STATIC_URL="static/", MEDIA_URL="https://media.example.com/"):
        set_script_prefix("/site/")
        try:
            assert settings.STATIC_URL == "/site/static/"
            assert settings.MEDIA_URL == "https://media.example.com/"
        finally:
            set_script_prefix("/")


def test_the_lists_that_defaults_are_made_from_are_no_settings():
    assert not {"OFFERED", "RIGHT_TO_LEFT"} & set(dir(global_settings))
