"""Fields whose value is text, or is written as text: addresses, slugs, UUIDs, JSON."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any, Unpack
from urllib.parse import urlsplit, urlunsplit

from nuages.core import validators
from nuages.core.exceptions import ValidationError
from nuages.utils.ipv6 import MAX_IPV6_ADDRESS_LENGTH, clean_ipv6_address
from nuages.utils.translation import gettext_lazy as _

from ..widgets import EmailInput, Textarea, URLInput, Widget
from .base import Field, FieldOptions


class CharField(Field):
    """Text, without the white space around it unless `strip` is off."""

    def __init__(
        self,
        *,
        max_length: int | None = None,
        min_length: int | None = None,
        strip: bool = True,
        empty_value: Any = "",
        **options: Unpack[FieldOptions],
    ) -> None:
        self.max_length, self.min_length = max_length, min_length
        self.strip, self.empty_value = strip, empty_value
        super().__init__(**options)
        if min_length is not None:
            self.validators.append(validators.MinLengthValidator(int(min_length)))
        if max_length is not None:
            self.validators.append(validators.MaxLengthValidator(int(max_length)))
        self.validators.append(validators.ProhibitNullCharactersValidator())

    def to_python(self, value: Any) -> Any:
        if value not in self.empty_values:
            value = str(value)
            if self.strip:
                value = value.strip()
        return self.empty_value if value in self.empty_values else value

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if not widget.is_hidden:
            limits = {"maxlength": self.max_length, "minlength": self.min_length}
            attrs.update({name: str(limit) for name, limit in limits.items() if limit is not None})
        return attrs


class RegexField(CharField):
    """Text in which a regular expression is found."""

    def __init__(self, regex: str | re.Pattern[str], **options: Any) -> None:
        super().__init__(**{"strip": False, **options})
        self.regex = regex

    @property
    def regex(self) -> re.Pattern[str]:
        return self._regex

    @regex.setter
    def regex(self, regex: str | re.Pattern[str]) -> None:
        self._regex = re.compile(regex)
        validator = validators.RegexValidator(regex=self._regex)
        self.validators = [one for one in self.validators if one is not getattr(self, "_validator", None)]
        self.validators.append(validator)
        self._validator = validator


class EmailField(CharField):
    """An email address."""

    widget: Any = EmailInput
    default_validators = [validators.validate_email]

    def __init__(self, **options: Any) -> None:
        # The longest address there can be: RFC 3696, section 3.
        super().__init__(strip=True, **{"max_length": 320, **options})


class URLField(CharField):
    """A URL; one without a scheme gets `assume_scheme`."""

    widget: Any = URLInput
    default_error_messages = {"invalid": _("Enter a valid URL.")}
    default_validators = [validators.URLValidator()]

    def __init__(self, *, assume_scheme: str | None = None, **options: Any) -> None:
        self.assume_scheme = assume_scheme or "https"
        super().__init__(**options, strip=True)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not value:
            return value
        try:
            return self._complete(value)
        except ValueError as error:  # unbalanced brackets and the like
            message = self.error_messages["invalid"]
            raise ValidationError(message, code="invalid", params={"value": value}) from error

    def _complete(self, value: str) -> str:
        before_colon, _colon, rest = value.partition(":")
        # "example.com:8080/" has a port, "mailto:x" a scheme: one with a dot is meant only before "//".
        scheme = r"[a-z][a-z0-9+.-]*\Z" if rest.startswith("//") else r"[a-z][a-z0-9+-]*\Z"
        is_complete = not before_colon or (rest and re.match(scheme, before_colon, re.IGNORECASE))
        if not is_complete:
            value = f"{self.assume_scheme}://{value.removeprefix('//')}"
        return urlunsplit(urlsplit(value))


class SlugField(CharField):
    """Letters, numbers, underscores and hyphens."""

    default_validators = [validators.validate_slug]

    def __init__(self, *, allow_unicode: bool = False, **options: Any) -> None:
        self.allow_unicode = allow_unicode
        if allow_unicode:
            self.default_validators = [validators.validate_unicode_slug]
        super().__init__(**options)


class GenericIPAddressField(CharField):
    """An IPv4 or IPv6 address, the latter in its canonical form."""

    def __init__(self, *, protocol: str = "both", unpack_ipv4: bool = False, **options: Any) -> None:
        self.unpack_ipv4 = unpack_ipv4
        self.default_validators = validators.ip_address_validators(protocol, unpack_ipv4)
        super().__init__(**{"max_length": MAX_IPV6_ADDRESS_LENGTH, **options})

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return ""
        value = value.strip()
        if value and ":" in value:
            return clean_ipv6_address(
                value, self.unpack_ipv4, max_length=self.max_length or MAX_IPV6_ADDRESS_LENGTH
            )
        return value


class UUIDField(CharField):
    """A UUID in any form that `uuid.UUID` reads."""

    default_error_messages = {"invalid": _("Enter a valid UUID.")}

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, uuid.UUID) else value

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if value in self.empty_values:
            return None
        try:
            return value if isinstance(value, uuid.UUID) else uuid.UUID(value)
        except ValueError as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class InvalidJSONInput(str):
    """Text that was submitted and is no JSON; shown again as it is."""

    __slots__ = ()


class JSONString(str):
    """A string that came out of JSON, and is not to be read as JSON again."""

    __slots__ = ()


class JSONField(CharField):
    """Any value, written as JSON."""

    default_error_messages = {"invalid": _("Enter a valid JSON.")}
    widget: Any = Textarea

    def __init__(
        self,
        encoder: type[json.JSONEncoder] | None = None,
        decoder: type[json.JSONDecoder] | None = None,
        **options: Any,
    ) -> None:
        self.encoder, self.decoder = encoder, decoder
        super().__init__(**options)

    def to_python(self, value: Any) -> Any:
        if self.disabled:
            return value  # the initial value, which never was text
        if value in self.empty_values:
            return None
        if isinstance(value, (list, dict, int, float, JSONString)):
            return value
        try:
            decoded = json.loads(value, cls=self.decoder)
        except json.JSONDecodeError as error:
            params = {"value": value}
            raise ValidationError(self.error_messages["invalid"], code="invalid", params=params) from error
        return JSONString(decoded) if isinstance(decoded, str) else decoded

    def bound_data(self, data: Any, initial: Any) -> Any:
        if self.disabled or data is None:
            return initial if self.disabled else None
        try:
            return json.loads(data, cls=self.decoder)
        except json.JSONDecodeError:
            return InvalidJSONInput(data)

    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, InvalidJSONInput):
            return value
        return json.dumps(value, ensure_ascii=False, cls=self.encoder)

    def has_changed(self, initial: Any, data: Any) -> bool:
        if super().has_changed(initial, data):
            return True
        # As text, since True and 1 are equal in Python and differ in JSON.
        before, after = (
            json.dumps(one, sort_keys=True, cls=self.encoder) for one in (initial, self.to_python(data))
        )
        return before != after
