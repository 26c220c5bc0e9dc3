"""`manage.py createsuperuser`: create a user who may do everything."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from typing import Any

from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.management import get_default_username
from nuages.contrib.auth.password_validation import validate_password
from nuages.core.exceptions import FieldDoesNotExist, ValidationError
from nuages.core.management.base import BaseCommand, CommandError
from nuages.db import DEFAULT_DB_ALIAS, connections
from nuages.utils.functional import cached_property
from nuages.utils.text import capfirst

VARIABLE = "DJANGO_SUPERUSER_"


class NotRunningInTTYException(Exception):
    """Nobody is there to be asked."""


class Command(BaseCommand):
    """Asks for what a user needs, or takes it from options and the environment."""

    help = "Used to create a superuser."
    requires_migrations_checks = True
    stealth_options = ("stdin",)

    @cached_property
    def UserModel(self) -> Any:
        """The user model of the site."""
        return get_user_model()

    @cached_property
    def username_field(self) -> Any:
        """The field users are known by."""
        return self.UserModel._meta.get_field(self.UserModel.USERNAME_FIELD)

    @cached_property
    def required_fields(self) -> list[Any]:
        """The fields of `REQUIRED_FIELDS`."""
        return [self.UserModel._meta.get_field(name) for name in self.UserModel.REQUIRED_FIELDS]

    def add_arguments(self, parser: Any) -> None:
        name = self.UserModel.USERNAME_FIELD
        parser.add_argument(f"--{name}", help="Specifies the login for the superuser.")
        parser.add_argument(
            "--noinput",
            "--no-input",
            dest="interactive",
            action="store_false",
            help=(
                "Tells nuages to NOT prompt the user for input of any kind. You must use "
                f"--{name} with --noinput, along with an option for any other required field. Superusers created with "
                "--noinput will not be able to log in until they're given a valid password."
            ),
        )
        parser.add_argument(
            "--database",
            choices=tuple(connections),
            default=DEFAULT_DB_ALIAS,
            help='Specifies the database to use. Default is "default".',
        )
        for field in self.required_fields:
            self._add_field_option(parser, field)

    def _add_field_option(self, parser: Any, field: Any) -> None:
        what = f"Specifies the {field.name} for the superuser."
        if not field.many_to_many:
            parser.add_argument(f"--{field.name}", help=what)
            return
        if field.remote_field.through and not field.remote_field.through._meta.auto_created:
            raise CommandError(
                f"Required field '{field.name}' specifies a many-to-many relation through model, which is not "
                "supported."
            )
        more = " Can be used multiple times."
        parser.add_argument(f"--{field.name}", action="append", help=what + more)

    def execute(self, *args: Any, **options: Any) -> Any:
        self.stdin = options.get("stdin", sys.stdin)
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        database = options["database"]
        collect = self._from_terminal if options["interactive"] else self._from_environment
        try:
            values = collect(options, database)
        except KeyboardInterrupt:
            self.stderr.write("\nOperation cancelled.")
            sys.exit(1)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        except NotRunningInTTYException:
            self.stdout.write(
                "Superuser creation skipped due to not running in a TTY. You can run `manage.py createsuperuser` in "
                "your project to create one manually."
            )
            return
        self.UserModel._default_manager.db_manager(database).create_superuser(**values)
        if options["verbosity"] >= 1:
            self.stdout.write("Superuser created successfully.")

    @cached_property
    def has_password(self) -> bool:
        """Whether users of this model have one."""
        try:
            self.UserModel._meta.get_field("password")
        except FieldDoesNotExist:
            return False
        return True

    # --- nobody to be asked -----------------------------------------------------------------------------------

    def _from_environment(self, options: dict[str, Any], database: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        if self.has_password:
            # Without one, the user cannot log in until he is given one.
            values["password"] = os.environ.get(f"{VARIABLE}PASSWORD")
        key = self.username_field
        name = options[key.name]
        if name is None:
            name = os.environ.get(f"{VARIABLE}{key.name.upper()}")
        if name is None:
            raise CommandError(f"You must use --{key.name} with --noinput.")
        self._refuse_username(name, database)
        values[key.name] = key.clean(name, None)
        for field in self.required_fields:
            value = options[field.name]
            if value is None:
                value = os.environ.get(f"{VARIABLE}{field.name.upper()}")
                if field.many_to_many and value is not None:
                    value = [part.strip() for part in value.split(",")]
            if value is None:
                raise CommandError(f"You must use --{field.name} with --noinput.")
            values[field.name] = self._checked(field, value)
        return values

    def _refuse_username(self, name: Any, database: str) -> None:
        problem = self._validate_username(name, self._label(self.username_field), database)
        if problem:
            raise CommandError(problem)

    def _checked(self, field: Any, value: Any) -> Any:
        value = field.clean(value, None)
        if field.many_to_many:
            # create_superuser() gets keys, as it would from a form.
            return [field.remote_field.get_related_field().to_python(key) for key in value]
        return value

    # --- somebody there ---------------------------------------------------------------------------------------

    def _from_terminal(self, options: dict[str, Any], database: str) -> dict[str, Any]:
        isatty = getattr(self.stdin, "isatty", None)
        if isatty is not None and not isatty():
            raise NotRunningInTTYException
        values: dict[str, Any] = {}
        key = self.username_field
        values[key.name] = self._username(options[key.name], database)
        for field in self.required_fields:
            given = options[field.name]
            while given is None:
                given = self.get_input_data(field, self._get_input_message(field))
                if given is not None:
                    values[field.name] = given
            if field.name not in values:
                values[field.name] = self._checked(field, given)
        if self.has_password:
            values["password"] = self._password(dict(self._attributes(values)))
        return values

    def _username(self, given: Any, database: str) -> Any:
        label = self._label(self.username_field)
        if given == "":
            raise CommandError(f"{capfirst(label)} cannot be blank.")
        if given is not None:
            problem = self._validate_username(given, label, database)
            if not problem:
                return given
            self.stderr.write(problem)
        suggested = get_default_username(database=database)
        message = self._get_input_message(self.username_field, suggested)
        while True:
            name = self.get_input_data(self.username_field, message, suggested)
            # None: what was wrong with it has been said.
            if name is not None:
                problem = self._validate_username(name, label, database)
                if not problem:
                    return name
                self.stderr.write(problem)

    def _attributes(self, values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        """What a user instance can be made of, for validators that compare the password with it."""
        for name, value in values.items():
            field = self.UserModel._meta.get_field(name)
            if not field.many_to_many:
                yield field.attname, value

    def _password(self, attributes: dict[str, Any]) -> str:
        while True:
            first = getpass.getpass()
            again = getpass.getpass("Password (again): ")
            if first != again:
                self.stderr.write("Error: Your passwords didn't match.")
            elif not first.strip():
                self.stderr.write("Error: Blank passwords aren't allowed.")
            elif self._is_good(first, attributes):
                return first

    def _is_good(self, password: str, attributes: dict[str, Any]) -> bool:
        try:
            validate_password(password, self.UserModel(**attributes))
        except ValidationError as error:
            self.stderr.write("\n".join(error.messages))
            answer = input("Bypass password validation and create user anyway? [y/N]: ")
            return answer.lower() == "y"
        return True

    def get_input_data(self, field: Any, message: str, default: Any = None) -> Any:
        """Ask for a field's value. Returns None, after saying why, where the answer will not do."""
        answer: Any = input(message)
        if default and answer == "":
            answer = default
        if field.many_to_many:
            answer = [part.strip() for part in answer.split(",")] if answer.strip() else []
        try:
            return self._checked(field, answer)
        except ValidationError as error:
            self.stderr.write(f"Error: {'; '.join(error.messages)}")
            return None

    def _get_input_message(self, field: Any, default: Any = None) -> str:
        words = [capfirst(str(field.verbose_name))]
        if default:
            words.append(f" (leave blank to use '{default}')")
        if field.remote_field:
            # What is asked for is a key of the other model.
            target = field.remote_field
            name = target.get_related_field().name if field.many_to_many else target.field_name
            words.append(f" ({target.model._meta.object_name}.{name})")
        return f"{''.join(words)}: "

    @staticmethod
    def _label(field: Any) -> str:
        return str(field.verbose_name)

    def _validate_username(self, username: Any, verbose_field_name: str, database: str) -> str | None:
        """Say what is wrong with a name, if anything is."""
        key = self.username_field
        if not username:
            return f"{capfirst(verbose_field_name)} cannot be blank."
        users = self.UserModel._default_manager.db_manager(database)
        if self.username_is_unique and hasattr(users, "get_by_natural_key"):
            try:
                users.get_by_natural_key(username)
            except self.UserModel.DoesNotExist:
                pass
            else:
                return f"Error: That {verbose_field_name} is already taken."
        try:
            key.clean(username, None)
        except ValidationError as error:
            return "; ".join(error.messages)
        return None

    @cached_property
    def username_is_unique(self) -> bool:
        """Whether two users may not have the same name."""
        name = self.username_field.name
        constraints = self.UserModel._meta.total_unique_constraints
        return self.username_field.unique or any(tuple(one.fields) == (name,) for one in constraints)
