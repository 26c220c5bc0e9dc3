"""Changing settings, system checks and the like for the length of a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from nuages.apps import apps
from nuages.conf import UserSettingsHolder, settings
from nuages.core.signals import setting_changed
from nuages.test.decorating import TestContextDecorator


class override_settings(TestContextDecorator):
    """Give settings other values: as context manager, or on a function or a `SimpleTestCase` class.

    Every change is announced by `setting_changed`, on the way in and on the way out.
    """

    enable_exception: BaseException | None = None

    def __init__(self, **options: Any) -> None:
        super().__init__()
        self.options = options

    def enable(self) -> None:
        # Changed apps have to be loaded before anything asks the settings for them.
        if "INSTALLED_APPS" in self.options:
            try:
                apps.set_installed_apps(self.options["INSTALLED_APPS"])
            except Exception:
                apps.unset_installed_apps()
                raise
        holder = UserSettingsHolder(settings._wrapped)
        for name, value in self.options.items():
            setattr(holder, name, value)
        self.wrapped = settings._wrapped
        settings._wrapped = holder
        try:
            for name, value in self.options.items():
                setting_changed.send(sender=self.wrapped.__class__, setting=name, value=value, enter=True)
        except Exception as error:
            self.enable_exception = error
            self.disable()

    def disable(self) -> None:
        if "INSTALLED_APPS" in self.options:
            apps.unset_installed_apps()
        settings._wrapped = self.wrapped
        del self.wrapped
        answers = []
        for name in self.options:
            before = getattr(settings, name, None)
            answers += setting_changed.send_robust(
                sender=settings._wrapped.__class__, setting=name, value=before, enter=False
            )
        # What went wrong on the way in is the cause, and told first; then whatever the way out brought.
        if self.enable_exception is not None:
            error, self.enable_exception = self.enable_exception, None
            raise error
        for _, answer in answers:
            if isinstance(answer, Exception):
                raise answer

    def save_options(self, test_func: Any) -> None:
        """Merge the options into those a test class already carries."""
        present = test_func._overridden_settings
        test_func._overridden_settings = (present or {}) | self.options

    def decorate_class(self, cls: type) -> type:
        from nuages.test.testcases import SimpleTestCase

        if not issubclass(cls, SimpleTestCase):
            raise ValueError(
                "Only subclasses of Django SimpleTestCase can be decorated with override_settings"
            )
        self.save_options(cls)
        return cls


class modify_settings(override_settings):
    """Append to, prepend to or remove from list settings: `modify_settings(MIDDLEWARE={"append": "…"})`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        TestContextDecorator.__init__(self)
        # Positional pairs come from classes decorated several times, where order matters.
        self.operations = list(args[0]) if args else list(kwargs.items())

    def save_options(self, test_func: Any) -> None:
        present = test_func._modified_settings
        test_func._modified_settings = [*(present or []), *self.operations]

    def enable(self) -> None:
        self.options = {}
        for name, changes in self.operations:
            value = list(self.options.get(name, getattr(settings, name, [])))
            for action, items in changes.items():
                value = self._changed(value, action, [items] if isinstance(items, str) else items)
            self.options[name] = value
        super().enable()

    @staticmethod
    def _changed(value: list[Any], action: str, items: Iterable[Any]) -> list[Any]:
        if action == "append":
            return value + [item for item in items if item not in value]
        if action == "prepend":
            return [item for item in items if item not in value] + value
        if action == "remove":
            return [item for item in value if item not in items]
        raise ValueError(f"Unsupported action: {action}")


class override_system_checks(TestContextDecorator):
    """Let only these system checks be registered."""

    def __init__(
        self,
        new_checks: Iterable[Callable[..., Any]],
        deployment_checks: Iterable[Callable[..., Any]] | None = None,
    ) -> None:
        from nuages.core.checks.registry import registry

        super().__init__()
        self.registry = registry
        self.new_checks = list(new_checks)
        self.deployment_checks = deployment_checks

    def enable(self) -> None:
        self.before = self.registry.registered_checks, self.registry.deployment_checks
        for check in self.new_checks:
            self.registry.register(check, *getattr(check, "tags", ()))
        self.registry.registered_checks = set(self.new_checks)
        if self.deployment_checks is not None:
            for check in self.deployment_checks:
                self.registry.register(check, *getattr(check, "tags", ()), deploy=True)
            self.registry.deployment_checks = set(self.deployment_checks)

    def disable(self) -> None:
        self.registry.registered_checks, self.registry.deployment_checks = self.before


class override_script_prefix(TestContextDecorator):
    """Serve the site below another path for a while."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix

    def enable(self) -> None:
        from nuages.urls import get_script_prefix, set_script_prefix

        self.before = get_script_prefix()
        set_script_prefix(self.prefix)

    def disable(self) -> None:
        from nuages.urls import set_script_prefix

        set_script_prefix(self.before)
