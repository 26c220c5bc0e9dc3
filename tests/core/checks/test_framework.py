from __future__ import annotations

import pytest

from nuages.core import checks
from nuages.core.checks.registry import CheckRegistry, Tags
from nuages.core.management import call_command
from nuages.core.management.base import BaseCommand, SystemCheckError
from nuages.test.utils import override_settings


def test_a_message_says_what_where_and_what_to_do():
    message = checks.Warning("Rain is near.", hint="Take an umbrella.", obj="hill", id="sky.W001")
    assert str(message) == "hill: (sky.W001) Rain is near.\n\tHINT: Take an umbrella."
    assert not message.is_serious()
    assert checks.Error("x").is_serious()
    assert checks.Error("x", id="a") == checks.Error("x", id="a") != checks.Error("x", id="b")
    with pytest.raises(TypeError, match="first argument should be level"):
        checks.CheckMessage("50", "x")


def test_a_message_is_silenced_by_its_id():
    with override_settings(SILENCED_SYSTEM_CHECKS=["sky.W001"]):
        assert checks.Warning("x", id="sky.W001").is_silenced()
        assert not checks.Warning("x", id="sky.W002").is_silenced()


def test_checks_run_by_tag_and_those_for_deployment_on_request():
    registry = CheckRegistry()

    @registry.register("sky")
    def sky(**kwargs):
        return [checks.Info("sky")]

    @registry.register(Tags.security, deploy=True)
    def deployed(**kwargs):
        return [checks.Info("deployed")]

    assert [message.msg for message in registry.run_checks()] == ["sky"]
    assert [message.msg for message in registry.run_checks(include_deployment_checks=True)] == [
        "sky",
        "deployed",
    ]
    assert registry.run_checks(tags=["other"]) == []
    assert registry.tag_exists("sky")
    assert not registry.tag_exists("security")
    assert registry.tag_exists("security", include_deployment_checks=True)


def test_checks_of_databases_run_only_for_databases_named():
    registry, asked = CheckRegistry(), []

    @registry.register(Tags.database)
    def data(databases, **kwargs):
        asked.append(databases)
        return []

    registry.run_checks()
    registry.run_checks(databases=["default"])
    assert asked == [["default"]]


def test_a_check_must_take_keywords_and_return_a_list():
    registry = CheckRegistry()
    with pytest.raises(TypeError, match="must accept keyword arguments"):
        registry.register(lambda app_configs: [])
    registry.register(lambda **kwargs: None)
    with pytest.raises(TypeError, match="did not return a list"):
        registry.run_checks()


def _ids(settings, *, deploy=False, tags=None):
    with override_settings(**settings):
        return {message.id for message in checks.run_checks(tags=tags, include_deployment_checks=deploy)}


@pytest.mark.parametrize(
    ("settings", "tags", "expected"),
    [
        ({"SECRET_KEY": "short"}, ["security"], {"security.W009"}),
        ({"DEBUG": True}, ["security"], {"security.W018"}),
        ({"ALLOWED_HOSTS": []}, ["security"], {"security.W020"}),
        ({"SECURE_HSTS_SECONDS": 0}, ["security"], set()),
        ({"SECURE_REFERRER_POLICY": "nonsense"}, ["security"], set()),
        ({"LANGUAGE_CODE": "no language"}, ["translation"], {"translation.E001"}),
        ({"LANGUAGES": [("en", "English"), ("!", "No")]}, ["translation"], {"translation.E002"}),
        ({"LANGUAGES": [("de", "German")]}, ["translation"], {"translation.E004"}),
        ({"CACHES": {}}, ["caches"], {"caches.E001"}),
        ({"FILE_UPLOAD_TEMP_DIR": "/no/such/folder"}, ["files"], {"files.E001"}),
    ],
)
def test_settings_that_are_wrong_are_found(settings, tags, expected):
    assert expected <= _ids(settings, deploy=True, tags=tags)


def test_security_asks_for_the_middleware_before_its_settings():
    with_it = {"MIDDLEWARE": ["nuages.middleware.security.SecurityMiddleware"], "SECURE_HSTS_SECONDS": 0}
    assert "security.W001" in _ids({"MIDDLEWARE": []}, deploy=True, tags=["security"])
    assert "security.W004" not in _ids({"MIDDLEWARE": []}, deploy=True, tags=["security"])
    found = _ids(with_it, deploy=True, tags=["security"])
    assert "security.W004" in found
    assert "security.W001" not in found


class Checking(BaseCommand):
    requires_system_checks = ["sky"]

    def handle(self, *args, **options):
        return "done"


@pytest.fixture
def sky():
    from nuages.core.checks.registry import registry

    found: list[checks.CheckMessage] = []

    def sky(**kwargs):
        return found

    registry.register(sky, "sky")
    yield found
    registry.registered_checks.discard(sky)


def test_a_command_does_not_run_while_something_is_serious(sky, capsys):
    sky.append(checks.Error("Storm.", id="sky.E001"))
    with pytest.raises(SystemCheckError, match=r"(?s)ERRORS:\n\?: \(sky.E001\) Storm\."):
        call_command(Checking(), skip_checks=False)
    assert call_command(Checking()) == "done"


def test_a_command_runs_with_warnings_shown(sky, capsys):
    sky.append(checks.Warning("Rain.", id="sky.W001"))
    assert call_command(Checking(), skip_checks=False) == "done"
    assert "WARNINGS:\n?: (sky.W001) Rain." in capsys.readouterr().err


def test_the_check_command_fails_at_the_level_asked_for(sky, capsys):
    sky.append(checks.Warning("Rain.", id="sky.W001"))
    call_command("check", tags=["sky"])
    with pytest.raises(SystemCheckError):
        call_command("check", "--tag", "sky", "--fail-level", "WARNING")
    call_command("check", "--list-tags")
    assert "sky" in capsys.readouterr().out.split()
