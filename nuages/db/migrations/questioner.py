"""What the autodetector asks, and who answers."""

from __future__ import annotations

import datetime
import importlib
import os
import sys
from typing import Any

from nuages.apps import apps
from nuages.core.management.base import OutputWrapper
from nuages.db.models import NOT_PROVIDED
from nuages.utils import timezone
from nuages.utils.version import get_docs_version


class MigrationQuestioner:
    """Answers by default, or as told in `defaults`; never asks anybody."""

    def __init__(
        self, defaults: dict[str, Any] | None = None, specified_apps: Any = None, dry_run: bool | None = None
    ) -> None:
        self.defaults = defaults or {}
        self.specified_apps = specified_apps or set()
        self.dry_run = dry_run

    def ask_initial(self, app_label: str) -> bool:
        """Should an app without migrations get its first?"""
        # It should when it is named, or has a package for them that is only empty.
        if app_label in self.specified_apps:
            return True
        try:
            config = apps.get_app_config(app_label)
        except LookupError:
            return self.defaults.get("ask_initial", False)
        from nuages.db.migrations.loader import MigrationLoader

        package, _ = MigrationLoader.migrations_module(config.label)
        try:
            module = importlib.import_module(package)  # type: ignore[arg-type]
        except (ImportError, AttributeError, TypeError, ValueError):
            return self.defaults.get("ask_initial", False)
        if getattr(module, "__file__", None):
            names = os.listdir(os.path.dirname(module.__file__ or ""))
        elif hasattr(module, "__path__") and len(list(module.__path__)) == 1:
            names = os.listdir(next(iter(module.__path__)))
        else:
            return False
        return not any(name.endswith(".py") for name in names if name != "__init__.py")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        """What do existing rows get in a new column that must have a value?"""
        return None

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        """What do rows with NULL get in a column that must have a value from now on?"""
        return None

    def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        """Is the new field the old one under another name?"""
        return self.defaults.get("ask_rename", False)

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        """Is the new model the old one under another name?"""
        return self.defaults.get("ask_rename_model", False)

    def ask_merge(self, app_label: str) -> bool:
        """May the branches of an app be merged?"""
        return self.defaults.get("ask_merge", False)

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        """What do existing rows get in a new column that is filled with the time of creation?"""
        return None

    def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
        """Go on, though one default for all rows cannot be unique?"""
        return None


class InteractiveMigrationQuestioner(MigrationQuestioner):
    """Asks the person at the terminal."""

    def __init__(
        self,
        defaults: dict[str, Any] | None = None,
        specified_apps: Any = None,
        dry_run: bool | None = None,
        prompt_output: Any = None,
    ) -> None:
        super().__init__(defaults=defaults, specified_apps=specified_apps, dry_run=dry_run)
        self.prompt_output = prompt_output or OutputWrapper(sys.stdout)

    def _say(self, text: str, ending: str | None = None) -> None:
        self.prompt_output.write(text, ending=ending)

    def _boolean_input(self, question: str, default: bool | None = None) -> bool:
        self._say(f"{question} ", ending="")
        answer = input()
        if not answer and default is not None:
            return default
        while not answer or answer[0].lower() not in "yn":
            self._say("Please answer yes or no: ", ending="")
            answer = input()
        return answer[0].lower() == "y"

    def _choice_input(self, question: str, choices: list[str]) -> int:
        self._say(question)
        for number, choice in enumerate(choices, 1):
            self._say(f" {number}) {choice}")
        self._say("Select an option: ", ending="")
        while True:
            try:
                answer = input()
                if 0 < int(answer) <= len(choices):
                    return int(answer)
            except KeyboardInterrupt:
                self._say("\nCancelled.")
                sys.exit(1)
            except ValueError:
                pass
            self._say("Please select a valid option: ", ending="")

    def _ask_default(self, default: str = "") -> Any:
        """Ask for a value as Python, where datetime and timezone are at hand."""
        self._say("Please enter the default value as valid Python.")
        if default:
            self._say(f"Accept the default '{default}' by pressing 'Enter' or provide another value.")
        self._say(
            "The datetime and django.utils.timezone modules are available, so it is possible to provide "
            "e.g. timezone.now as a value."
        )
        self._say("Type 'exit' to exit this prompt")
        while True:
            self._say(f"[default: {default}] >>> " if default else ">>> ", ending="")
            try:
                code = input()
            except KeyboardInterrupt:
                self._say("\nCancelled.")
                sys.exit(1)
            code = code or default
            if not code:
                self._say("Please enter some code, or 'exit' (without quotes) to exit.")
            elif code == "exit":
                sys.exit(1)
            else:
                try:
                    return eval(code, {}, {"datetime": datetime, "timezone": timezone})
                except Exception as error:
                    self._say(f"{type(error).__name__}: {error}")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"It is impossible to add a non-nullable field '{field_name}' to {model_name} without "
            "specifying a default. This is because the database needs something to populate existing rows.\n"
            "Please select a fix:",
            [
                "Provide a one-off default now (will be set on all existing rows with a null value for this column)",
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 2:
            sys.exit(3)
        return self._ask_default()

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"It is impossible to change a nullable field '{field_name}' on {model_name} to "
            "non-nullable without providing a default. This is because the database needs something to "
            "populate existing rows.\nPlease select a fix:",
            [
                "Provide a one-off default now (will be set on all existing rows with a null value for this column)",
                "Ignore for now. Existing rows that contain NULL values will have to be handled manually, for "
                "example with a RunPython or RunSQL operation.",
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 3:
            sys.exit(3)
        return NOT_PROVIDED if choice == 2 else self._ask_default()

    def ask_rename(self, model_name: str, old_name: str, new_name: str, field_instance: Any) -> bool:
        what = f"{model_name}.{old_name} renamed to {model_name}.{new_name} (a {field_instance.__class__.__name__})"
        return self._boolean_input(f"Was {what}? [y/N]", False)

    def ask_rename_model(self, old_model_state: Any, new_model_state: Any) -> bool:
        label = old_model_state.app_label
        return self._boolean_input(
            f"Was the model {label}.{old_model_state.name} renamed to {new_model_state.name}? [y/N]", False
        )

    def ask_merge(self, app_label: str) -> bool:
        return self._boolean_input(
            "\nMerging will only work if the operations printed above do not conflict\n"
            "with each other (working on different fields or models)\n"
            "Should these migration branches be merged? [y/N]",
            False,
        )

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        if self.dry_run:
            return None
        choice = self._choice_input(
            f"It is impossible to add the field '{field_name}' with 'auto_now_add=True' to {model_name} "
            "without providing a default. This is because the database needs something to populate existing rows.\n",
            [
                "Provide a one-off default now which will be set on all existing rows",
                "Quit and manually define a default value in models.py.",
            ],
        )
        if choice == 2:
            sys.exit(3)
        return self._ask_default(default="timezone.now")

    def ask_unique_callable_default_addition(self, field_name: str, model_name: str) -> Any:
        if self.dry_run:
            return None
        options = [
            "Continue making this migration as the first step in writing a manual migration to generate "
            f"unique values described here: https://docs.djangoproject.com/en/{get_docs_version()}/howto/"
            "writing-migrations/#migrations-that-add-unique-fields.",
            "Quit and edit field options in models.py.",
        ]
        question = (
            f"Callable default on unique field {model_name}.{field_name} will not generate unique values "
            "upon migrating.\nPlease choose how to proceed:\n"
        )
        if self._choice_input(question, options) == 2:
            sys.exit(3)
        return None


class NonInteractiveMigrationQuestioner(MigrationQuestioner):
    """Takes the careful way and says so in the log."""

    def __init__(
        self,
        defaults: dict[str, Any] | None = None,
        specified_apps: Any = None,
        dry_run: bool | None = None,
        verbosity: int = 1,
        log: Any = None,
    ) -> None:
        self.verbosity = verbosity
        self.log = log
        super().__init__(defaults=defaults, specified_apps=specified_apps, dry_run=dry_run)

    def log_lack_of_migration(self, field_name: str, model_name: str, reason: str) -> None:
        """Say why there will be no migration."""
        if self.verbosity > 0 and self.log is not None:
            self.log(f"Field '{field_name}' on model '{model_name}' not migrated: {reason}.")

    def ask_not_null_addition(self, field_name: str, model_name: str) -> Any:
        # There is no value to give: nothing can be done.
        self.log_lack_of_migration(
            field_name,
            model_name,
            "it is impossible to add a non-nullable field without specifying a default",
        )
        sys.exit(3)

    def ask_not_null_alteration(self, field_name: str, model_name: str) -> Any:
        if self.log is not None:
            self.log(
                f"Field '{field_name}' on model '{model_name}' given a default of NOT PROVIDED and must be corrected."
            )
        return NOT_PROVIDED

    def ask_auto_now_add_addition(self, field_name: str, model_name: str) -> Any:
        # Of the choices that a person has, this one is not the machine's to make.
        self.log_lack_of_migration(
            field_name,
            model_name,
            "it is impossible to add a field with 'auto_now_add=True' without specifying a default",
        )
        sys.exit(3)
