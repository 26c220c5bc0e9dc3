"""The exceptions that the rooms raise, and `ValidationError`; specified in ref/exceptions."""

from __future__ import annotations

import operator
from collections.abc import Iterator
from typing import Any

from nuages.utils.hashable import make_hashable

# --- the project ---


class AppRegistryNotReady(Exception):
    """Models or app configurations were asked for before the apps were loaded."""


class ImproperlyConfigured(Exception):
    """A setting, or something else that configures the project, is wrong."""


class MiddlewareNotUsed(Exception):
    """This middleware takes no part in this configuration."""


class ViewDoesNotExist(Exception):
    """The requested view does not exist."""


class SynchronousOnlyOperation(Exception):
    """Code that may only run synchronously was called from an event loop. nuages itself never raises it."""


# --- requests ---


class BadRequest(Exception):
    """The request is malformed and cannot be processed."""


class RequestAborted(Exception):
    """The client went away, or the request timed out, while its body was being read."""


class PermissionDenied(Exception):
    """The user has no permission to do that."""


class SuspiciousOperation(Exception):
    """The user did something that is suspicious from the security point of view."""


class DisallowedHost(SuspiciousOperation):
    """The HTTP Host header holds an invalid value."""


class RequestDataTooBig(SuspiciousOperation):
    """The request, without its files, is larger than DATA_UPLOAD_MAX_MEMORY_SIZE."""


class TooManyFieldsSent(SuspiciousOperation):
    """The request has more fields than DATA_UPLOAD_MAX_NUMBER_FIELDS."""


class TooManyFilesSent(SuspiciousOperation):
    """The request has more files than DATA_UPLOAD_MAX_NUMBER_FILES."""


class SuspiciousMultipartForm(SuspiciousOperation):
    """Suspicious MIME request in multipart form data."""


class SuspiciousFileOperation(SuspiciousOperation):
    """A suspicious operation on the file system was attempted."""


class DisallowedRedirect(SuspiciousOperation):
    """A redirect to a scheme that is not allowed, or to an overlong address, was attempted."""


# --- models and queries ---


class ObjectDoesNotExist(Exception):
    """The requested object does not exist; base of every `Model.DoesNotExist`."""

    silent_variable_failure = True


class MultipleObjectsReturned(Exception):
    """One object was asked for and several matched; base of every `Model.MultipleObjectsReturned`."""


class ObjectNotUpdated(Exception):
    """An update of one object matched no row; base of every `Model.NotUpdated`."""


class FieldError(Exception):
    """There is a problem with a model field."""


class FieldDoesNotExist(Exception):
    """The requested model field does not exist."""


class FieldFetchBlocked(FieldError):
    """A field would be fetched on demand while the FETCH_RAISE fetch mode is active."""


class FullResultSet(Exception):
    """The condition being written matches everything."""


class EmptyResultSet(Exception):
    """The query being written can match nothing."""


# --- validation ---

NON_FIELD_ERRORS = "__all__"


class ValidationError(Exception):
    """Data that is not valid: one message, a list of them, or a dictionary of them by field."""

    error_dict: dict[str, list[ValidationError]]
    error_list: list[ValidationError]

    def __init__(self, message: Any, code: str | None = None, params: Any = None) -> None:
        """Take a message, a list or a dictionary of messages, or another ValidationError.

        `code` identifies the error, `params` fill the placeholders of the message.
        """
        super().__init__(message, code, params)
        if isinstance(message, ValidationError):
            message = message._essence()
        if isinstance(message, dict):
            self.error_dict = {field: _as_error(messages).error_list for field, messages in message.items()}
        elif isinstance(message, list):
            self.error_list = [error for part in message for error in _as_error(part)._flat()]
        else:
            if isinstance(message, tuple):
                message, code, params = message
            self.message, self.code, self.params = message, code, params
            self.error_list = [self]

    def _essence(self) -> Any:
        """Return what another error can be built from: the dictionary, the list, or the one message."""
        if self._by_field():
            return self.error_dict
        if self._is_list():
            return self.error_list
        return self.message, self.code, self.params

    def _by_field(self) -> bool:
        return "error_dict" in self.__dict__

    def _is_list(self) -> bool:
        return "message" not in self.__dict__ and not self._by_field()

    def _flat(self) -> list[ValidationError]:
        if self._by_field():
            return [error for errors in self.error_dict.values() for error in errors]
        return self.error_list

    @property
    def message_dict(self) -> dict[str, list[str]]:
        """The messages by field; AttributeError when the error was not made from a dictionary."""
        self.error_dict  # noqa: B018 - raises the AttributeError that says there are no fields
        return dict(self)

    @property
    def messages(self) -> list[str]:
        """All messages in one list."""
        if self._by_field():
            return [text for texts in dict(self).values() for text in texts]
        return list(self)

    def update_error_dict(
        self, error_dict: dict[str, list[ValidationError]]
    ) -> dict[str, list[ValidationError]]:
        """Add the errors to a dictionary by field, those without a field under NON_FIELD_ERRORS."""
        by_field = self.error_dict if self._by_field() else {NON_FIELD_ERRORS: self.error_list}
        for field, errors in by_field.items():
            error_dict.setdefault(field, []).extend(errors)
        return error_dict

    def __iter__(self) -> Iterator[Any]:
        if self._by_field():
            for field, errors in self.error_dict.items():
                yield field, list(ValidationError(errors))
        else:
            for error in self.error_list:
                yield str(error.message % error.params if error.params else error.message)

    def __str__(self) -> str:
        return repr(dict(self) if self._by_field() else list(self))

    def __repr__(self) -> str:
        return f"ValidationError({self})"

    def __eq__(self, other: object) -> bool:
        return hash(self) == hash(other) if isinstance(other, ValidationError) else NotImplemented

    def __hash__(self) -> int:
        if self._by_field():
            return hash(make_hashable(self.error_dict))
        if self._is_list():
            return hash(tuple(sorted(self.error_list, key=operator.attrgetter("message"))))
        return hash((self.message, self.code, make_hashable(self.params)))


def _as_error(value: Any) -> ValidationError:
    return value if isinstance(value, ValidationError) else ValidationError(value)
