from __future__ import annotations

import sys
import textwrap

import pytest

from nuages.apps import AppConfig, apps
from nuages.apps.registry import Apps
from nuages.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from nuages.test.utils import override_settings


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make packages to install, forgotten afterwards."""
    monkeypatch.syspath_prepend(tmp_path)
    made = []

    def make(name: str, apps_module: str | None = None) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "__init__.py").touch()
        if apps_module is not None:
            (folder / "apps.py").write_text(
                "from nuages.apps import AppConfig\n" + textwrap.dedent(apps_module)
            )
        made.append(name)
        return name

    yield make
    for name in [name for name in sys.modules if name.partition(".")[0] in made]:
        del sys.modules[name]


def test_a_package_without_a_configuration_gets_one(package):
    registry = Apps([package("drift_plain")])
    config = registry.get_app_config("drift_plain")
    assert (config.name, config.label, config.verbose_name) == ("drift_plain", "drift_plain", "Drift_Plain")
    assert registry.is_installed("drift_plain")
    assert registry.ready


def test_the_only_configuration_is_found_and_made_ready(package):
    name = package(
        "drift_one",
        """
        class Config(AppConfig):
            name = "drift_one"
            verbose_name = "Drifting"
            was_ready = False

            def ready(self):
                self.was_ready = True
        """,
    )
    config = Apps([name]).get_app_config(name)
    assert config.verbose_name == "Drifting"
    assert config.was_ready


_TWO = """
class First(AppConfig):
    name = "{name}"
    {first}

class Second(AppConfig):
    name = "{name}"
    {second}
"""


def test_the_configuration_that_says_so_is_the_default(package):
    name = package("drift_two", _TWO.format(name="drift_two", first="pass", second="default = True"))
    assert type(Apps([name]).get_app_config(name)).__name__ == "Second"
    assert type(Apps([f"{name}.apps.First"]).get_app_config(name)).__name__ == "First"


def test_two_default_configurations_are_refused(package):
    name = package(
        "drift_both", _TWO.format(name="drift_both", first="default = True", second="default = True")
    )
    with pytest.raises(RuntimeError, match="more than one default AppConfig: 'First', 'Second'"):
        Apps([name])


def test_a_missing_configuration_is_told_with_the_choices(package):
    name = package("drift_miss", _TWO.format(name="drift_miss", first="pass", second="pass"))
    with pytest.raises(ImportError, match="Choices are: 'First', 'Second'"):
        Apps([f"{name}.apps.Frist"])


def test_labels_and_names_are_installed_once(package):
    one = package("drift_x")
    with pytest.raises(ImproperlyConfigured, match="aren't unique, duplicates: drift_x"):
        Apps([one, one])


def test_an_entry_that_cannot_be_imported_is_told_as_one_of_installed_apps():
    with pytest.raises(ModuleNotFoundError) as caught:
        Apps(["no.such.app"])
    assert caught.value.__notes__ == ["INSTALLED_APPS names 'no.such.app'."]


def test_a_label_is_an_identifier(package):
    name = package("drift_bad", 'class Config(AppConfig):\n    name = "drift_bad"\n    label = "in-valid"\n')
    with pytest.raises(ImproperlyConfigured, match="not a valid Python identifier"):
        Apps([name])


def test_entries_written_for_django_lead_here_and_keep_their_name():
    config = AppConfig.create("django.contrib.messages")
    assert config.module.__name__ == "nuages.contrib.messages"
    assert config.label == "messages"


def test_before_the_apps_are_loaded_nothing_is_answered():
    with pytest.raises(RuntimeError, match="must supply an installed_apps"):
        Apps(None)
    registry = Apps()
    registry.apps_ready = registry.models_ready = False
    with pytest.raises(AppRegistryNotReady, match="Apps aren't loaded yet"):
        registry.get_app_configs()
    with pytest.raises(AppRegistryNotReady):
        registry.get_models()


def test_an_unknown_label_is_told_with_the_nearest(package):
    registry = Apps([package("drift_near")])
    with pytest.raises(LookupError, match="No installed app with label 'drift_neer'") as caught:
        registry.get_app_config("drift_neer")
    assert "drift_near" in str(caught.value) + "".join(getattr(caught.value, "__notes__", ()))


def test_installed_apps_are_overridden_and_come_back(package):
    name = package("drift_over")
    before = [config.name for config in apps.get_app_configs()]
    with override_settings(INSTALLED_APPS=[name]):
        assert [config.name for config in apps.get_app_configs()] == [name]
    assert [config.name for config in apps.get_app_configs()] == before


def test_what_waits_for_models_is_done_when_they_are_there():
    registry = Apps()
    calls = []

    class Meta:
        def __init__(self, name):
            self.app_label, self.model_name = "sky", name

    def model(name):
        made = type(name, (), {"__module__": "sky.models"})
        made._meta = Meta(name.lower())
        return made

    registry.lazy_model_operation(lambda *models: calls.append(models), ("sky", "cloud"), ("sky", "rain"))
    cloud, rain = model("Cloud"), model("Rain")
    registry.register_model("sky", cloud)
    assert not calls
    registry.register_model("sky", rain)
    assert calls == [(cloud, rain)]
    registry.lazy_model_operation(lambda *models: calls.append(models), ("sky", "cloud"))
    assert calls[1] == (cloud,)


def test_two_models_of_one_name_are_refused():
    registry = Apps()

    class Meta:
        app_label, model_name = "sky", "cloud"

    def made_in(module):
        return type("Cloud", (), {"__module__": module, "_meta": Meta})

    registry.register_model("sky", made_in("sky.models"))
    with pytest.raises(RuntimeError, match="Conflicting 'cloud' models in application 'sky'"):
        registry.register_model("sky", made_in("sky.other"))


def test_a_model_found_once_is_not_found_in_another_set_of_applications():
    with override_settings(INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"]):
        assert apps.get_model("auth.Group") is apps.get_model("auth.Group")
        fewer = override_settings(INSTALLED_APPS=["django.contrib.contenttypes"])
        with fewer, pytest.raises(LookupError, match="No installed app with label 'auth'"):
            apps.get_model("auth.Group")
        assert apps.get_model("auth.Group").__name__ == "Group"


def test_a_label_without_a_dot_is_not_a_model():
    with pytest.raises(ValueError, match="not enough values"):
        apps.get_model("auth")
