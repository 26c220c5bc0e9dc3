"""A setting that is wrong is told in a message that names it; errors inside the project's code keep their traceback."""

from __future__ import annotations

from importlib import import_module

import pytest

from nuages.conf.holders import enter_time_zone
from nuages.core import checks
from nuages.core.management import ManagementUtility, execute_from_command_line
from nuages.db.migrations.loader import MigrationLoader
from nuages.test import override_settings
from nuages.utils.log import configure_logging
from nuages.utils.module_loading import import_string, is_wrong_setting, named_by


@pytest.fixture
def failing(monkeypatch):
    """Have every command line fail as a function does."""

    def fail_with(function):
        monkeypatch.setattr(ManagementUtility, "execute", lambda self: function())

    return fail_with


def _import(path):
    with named_by("INSTALLED_APPS", path):
        import_module(path)


def test_a_wrong_setting_ends_a_command_with_its_message_alone(failing, capsys):
    failing(lambda: _import("no.such.app"))
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "check"])
    assert ended.value.code == 1
    assert capsys.readouterr().err == (
        "ModuleNotFoundError: No module named 'no'\nINSTALLED_APPS names 'no.such.app'.\n"
    )


def test_the_traceback_is_shown_on_request(failing):
    failing(lambda: _import("no.such.app"))
    with pytest.raises(ModuleNotFoundError):
        execute_from_command_line(["manage.py", "check", "--traceback"])


def test_an_import_that_fails_inside_a_module_of_the_project_keeps_its_traceback(
    failing, tmp_path, monkeypatch
):
    (tmp_path / "wrong_inside.py").write_text("import nosuchpackage\n")
    monkeypatch.syspath_prepend(tmp_path)
    failing(lambda: _import("wrong_inside"))
    with pytest.raises(ModuleNotFoundError) as caught:
        execute_from_command_line(["manage.py", "check"])
    assert caught.value.__notes__ == ["INSTALLED_APPS names 'wrong_inside'."]


def test_a_name_that_a_module_does_not_have_is_the_settings_fault():
    with pytest.raises(ImportError) as caught, named_by("MIDDLEWARE", "django.middleware.security.Nothing"):
        import_string("django.middleware.security.Nothing")
    assert is_wrong_setting(caught.value)


def test_a_time_zone_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(ValueError, match="Incorrect timezone setting: Europe/Pari") as caught:
        enter_time_zone("Europe/Pari")
    assert is_wrong_setting(caught.value)
    assert "TIME_ZONE" in caught.value.__notes__[0]
    assert "Did you mean 'Europe/Paris'?" in caught.value.__notes__[0]


def test_a_logging_setting_that_is_not_understood_is_told_with_its_reason():
    wrong = {"version": 1, "handlers": {"file": {"class": "no.such.Handler"}}}
    with pytest.raises(ValueError, match="handler 'file'") as caught:
        configure_logging("logging.config.dictConfig", wrong)
    assert is_wrong_setting(caught.value)
    assert caught.value.__notes__ == [
        "LOGGING is not understood: Cannot resolve 'no.such.Handler': No module named 'no'."
    ]


def test_checks_say_which_setting_names_addresses_that_are_not_there():
    with override_settings(ROOT_URLCONF="no.such.urls"), pytest.raises(ModuleNotFoundError) as caught:
        checks.run_checks(tags=[checks.Tags.urls])
    assert is_wrong_setting(caught.value)
    assert caught.value.__notes__ == ["ROOT_URLCONF names 'no.such.urls'."]


def test_a_package_of_migrations_that_is_not_there_is_the_settings_fault():
    with (
        override_settings(
            INSTALLED_APPS=["nuages.contrib.sessions"], MIGRATION_MODULES={"sessions": "no.such.migrations"}
        ),
        pytest.raises(ModuleNotFoundError) as caught,
    ):
        MigrationLoader(None)
    assert is_wrong_setting(caught.value)
    assert caught.value.__notes__ == ["MIGRATION_MODULES['sessions'] names 'no.such.migrations'."]
