"""What passwords may be: AUTH_PASSWORD_VALIDATORS names the rules."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

from nuages.conf import settings
from nuages.core.exceptions import FieldDoesNotExist, ImproperlyConfigured, ValidationError
from nuages.core.signals import setting_changed
from nuages.dispatch import receiver
from nuages.utils.functional import cached_property, lazy
from nuages.utils.html import format_html, format_html_join
from nuages.utils.module_loading import import_string
from nuages.utils.translation import gettext as _
from nuages.utils.translation import ngettext


@functools.cache
def get_default_password_validators() -> list[Any]:
    """Return the validators of the settings."""
    return get_password_validators(settings.AUTH_PASSWORD_VALIDATORS)


@receiver(setting_changed)
def forget_validators(*, setting: str, **kwargs: Any) -> None:
    """Make them anew when a test changes the setting."""
    if setting == "AUTH_PASSWORD_VALIDATORS":
        get_default_password_validators.cache_clear()


def get_password_validators(validator_config: Any) -> list[Any]:
    """Return the validators of a configuration like the setting. Raises `ImproperlyConfigured`."""
    validators = []
    for each in validator_config:
        try:
            kind = import_string(each["NAME"])
        except ImportError:
            raise ImproperlyConfigured(
                f"The module in NAME could not be imported: {each['NAME']}. Check your AUTH_PASSWORD_VALIDATORS setting."
            ) from None
        validators.append(kind(**each.get("OPTIONS", {})))
    return validators


def _chosen(password_validators: Any) -> list[Any]:
    return get_default_password_validators() if password_validators is None else password_validators


def validate_password(password: str, user: Any = None, password_validators: Any = None) -> None:
    """Raise `ValidationError` with everything that is wrong with a password."""
    errors = []
    for validator in _chosen(password_validators):
        try:
            validator.validate(password, user)
        except ValidationError as error:
            errors.append(error)
    if errors:
        raise ValidationError(errors)


def password_changed(password: str, user: Any = None, password_validators: Any = None) -> None:
    """Tell validators that want to know, such as those that keep a history, of a new password."""
    for validator in _chosen(password_validators):
        getattr(validator, "password_changed", lambda *_: None)(password, user)


def password_validators_help_texts(password_validators: Any = None) -> list[str]:
    """Return what the rules are."""
    return [validator.get_help_text() for validator in _chosen(password_validators)]


def _password_validators_help_text_html(password_validators: Any = None) -> str:
    texts = password_validators_help_texts(password_validators)
    items = format_html_join("", "<li>{}</li>", ((text,) for text in texts))
    return format_html("<ul>{}</ul>", items) if items else ""


password_validators_help_text_html = lazy(_password_validators_help_text_html, str)


class MinimumLengthValidator:
    """Not too short."""

    def __init__(self, min_length: int = 8) -> None:
        self.min_length = min_length

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if it is."""
        if len(password) < self.min_length:
            raise ValidationError(
                self.get_error_message(), code="password_too_short", params={"min_length": self.min_length}
            )

    def get_error_message(self) -> str:
        """Return what is wrong."""
        least = self.min_length
        one = "This password is too short. It must contain at least %d character."
        more = "This password is too short. It must contain at least %d characters."
        return ngettext(one, more, least) % least

    def get_help_text(self) -> str:
        """Return the rule."""
        return ngettext(
            "Your password must contain at least %(min_length)d character.",
            "Your password must contain at least %(min_length)d characters.",
            self.min_length,
        ) % {"min_length": self.min_length}


def exceeds_maximum_length_ratio(password: str, max_similarity: float, value: str) -> bool:
    """Say whether a value is so much shorter that the password cannot be similar to it.

    Comparing takes long for long texts, and this is said at once.
    """
    length = len(value)
    return len(password) >= 10 * length and length < max_similarity / 2 * len(password)


class UserAttributeSimilarityValidator:
    """Not too similar to what is known of the user."""

    DEFAULT_USER_ATTRIBUTES = ("username", "first_name", "last_name", "email")

    def __init__(self, user_attributes: Any = DEFAULT_USER_ATTRIBUTES, max_similarity: float = 0.7) -> None:
        if max_similarity < 0.1:
            raise ValueError("max_similarity must be at least 0.1")
        self.user_attributes = user_attributes
        self.max_similarity = max_similarity

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if it is."""
        if not user:
            return
        secret = password.lower()
        for attribute in self.user_attributes:
            value = getattr(user, attribute, None)
            if value and isinstance(value, str) and self._is_similar(secret, value.lower()):
                try:
                    name = str(user._meta.get_field(attribute).verbose_name)
                except FieldDoesNotExist:
                    name = attribute
                raise ValidationError(
                    self.get_error_message(), code="password_too_similar", params={"verbose_name": name}
                )

    def _is_similar(self, secret: str, value: str) -> bool:
        # Needed where passwords are chosen, which most processes never do; so is gzip below.
        from difflib import SequenceMatcher

        for part in [*re.split(r"\W+", value), value]:
            if exceeds_maximum_length_ratio(secret, self.max_similarity, part):
                continue
            if SequenceMatcher(a=secret, b=part).quick_ratio() >= self.max_similarity:
                return True
        return False

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return _("The password is too similar to the %(verbose_name)s.")

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("Your password can’t be too similar to your other personal information.")


class CommonPasswordValidator:
    """Not one of those that are tried first: the list is a text file, compressed or not, a password a line."""

    @cached_property
    def DEFAULT_PASSWORD_LIST_PATH(self) -> Path:
        """The list that comes with the framework (see the note beside it)."""
        return Path(__file__).resolve().parent / "common-passwords.txt.gz"

    def __init__(self, password_list_path: Any = DEFAULT_PASSWORD_LIST_PATH) -> None:
        import gzip

        path = (
            self.DEFAULT_PASSWORD_LIST_PATH
            if isinstance(password_list_path, cached_property)
            else password_list_path
        )
        try:
            with gzip.open(path, "rt", encoding="utf-8") as file:
                self.passwords = {line.strip() for line in file}
        except OSError:
            with open(path) as file:
                self.passwords = {line.strip() for line in file}

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if it is."""
        if password.lower().strip() in self.passwords:
            raise ValidationError(self.get_error_message(), code="password_too_common")

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return _("This password is too common.")

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("Your password can’t be a commonly used password.")


class NumericPasswordValidator:
    """Not only digits."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise `ValidationError` if it is."""
        if password.isdigit():
            raise ValidationError(self.get_error_message(), code="password_entirely_numeric")

    def get_error_message(self) -> str:
        """Return what is wrong."""
        return _("This password is entirely numeric.")

    def get_help_text(self) -> str:
        """Return the rule."""
        return _("Your password can’t be entirely numeric.")
