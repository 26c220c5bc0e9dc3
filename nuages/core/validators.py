"""Validators: callables that take a value and raise `ValidationError` where it breaks their rule.

Model and form fields share them. The classes are deconstructible, so that migrations can write them down; for the
same reason the patterns and messages given to the ready-made instances are part of the interface: changing one would
make every project that uses it see a new migration.
"""

from __future__ import annotations

import ipaddress
import math
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit

from nuages.core.exceptions import ValidationError
from nuages.utils.deconstruct import deconstructible
from nuages.utils.functional import SimpleLazyObject
from nuages.utils.ipv6 import is_valid_ipv6_address
from nuages.utils.translation import gettext_lazy as _
from nuages.utils.translation import ngettext_lazy

#: What counts as "nothing was given", for fields and forms alike.
EMPTY_VALUES: tuple[Any, ...] = (None, "", [], (), {})

# Letters beyond ASCII that an internationalised name may use.
_BEYOND_ASCII = "\u00a1-\uffff"


def _pattern(regex: Any, flags: int = 0) -> Any:
    """A pattern compiled when it is first searched: most of a project's patterns are not needed to start it."""
    # By its own type: isinstance() would ask a lazy pattern for the class it wraps, and so compile it.
    if issubclass(type(regex), str):
        return SimpleLazyObject(lambda: re.compile(regex, flags))
    return regex


def _override(validator: Any, **given: Any) -> None:
    """Put the arguments that were given in the place of the class's attributes."""
    validator.__dict__.update((name, value) for name, value in given.items() if value is not None)


def _label(letters: str) -> str:
    """One dot-free part of a host name: at most 63 characters, no hyphen at either end."""
    return rf"[{letters}](?:[{letters}-]{{0,61}}[{letters}])?"


def _top_level(letters: str) -> str:
    """The last part of a host name: no digits (or it would be an address), unless it is punycode."""
    return rf"\.(?!-)(?:[{letters}-]{{2,63}}|xn--[a-z0-9]{{1,59}})(?<!-)"


@deconstructible(path="nuages.core.validators.RegexValidator")
class RegexValidator:
    """Refuse a value in which `regex` is not found (or, with `inverse_match`, is found)."""

    regex: Any = ""
    message: Any = _("Enter a valid value.")
    code: str = "invalid"
    inverse_match: bool = False
    flags: int = 0

    def __init__(
        self,
        regex: str | re.Pattern[str] | None = None,
        message: Any = None,
        code: str | None = None,
        inverse_match: bool | None = None,
        flags: int | None = None,
    ) -> None:
        given = {
            "regex": regex,
            "message": message,
            "code": code,
            "inverse_match": inverse_match,
            "flags": flags,
        }
        self.__dict__.update((name, value) for name, value in given.items() if value is not None)
        if self.flags and not isinstance(self.regex, str):
            raise TypeError("If the flags are set, regex must be a regular expression string.")
        self.regex = _pattern(self.regex, self.flags)

    def __call__(self, value: Any) -> None:
        if bool(self.regex.search(str(value))) is bool(self.inverse_match):
            self._refuse(value)

    def _refuse(self, value: Any) -> None:
        raise ValidationError(self.message, code=self.code, params={"value": value})

    def _identity(self) -> tuple[Any, ...]:
        return self.regex.pattern, self.regex.flags, self.message, self.code, bool(self.inverse_match)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, RegexValidator):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash((self.regex.pattern, self.regex.flags, self.code, bool(self.inverse_match)))


@deconstructible(path="nuages.core.validators.DomainNameValidator")
class DomainNameValidator(RegexValidator):
    """Refuse what does not look like a domain name; `accept_idna=False` allows ASCII only."""

    message = _("Enter a valid domain name.")
    max_length = 255
    ascii_regex: Any = _pattern(
        rf"^(?:{_label('a-z0-9')})(?:\.{_label('a-z0-9')})*{_top_level('a-z')}\.?\Z", re.IGNORECASE
    )
    regex: Any = _pattern(
        rf"^(?:{_label('a-z0-9' + _BEYOND_ASCII)})(?:\.{_label('a-z0-9' + _BEYOND_ASCII)})*"
        rf"{_top_level('a-z' + _BEYOND_ASCII)}\.?\Z",
        re.IGNORECASE,
    )

    def __init__(self, *, accept_idna: bool = True, message: Any = None, code: str | None = None) -> None:
        self.accept_idna = accept_idna
        super().__init__(regex=None if accept_idna else self.ascii_regex, message=message, code=code)

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or len(value) > self.max_length:
            self._refuse(value)
        if not self.accept_idna and not value.isascii():
            self._refuse(value)
        super().__call__(value)


@deconstructible(path="nuages.core.validators.URLValidator")
class URLValidator(RegexValidator):
    """Refuse what does not look like a URL with a host, or whose scheme is not among `schemes`."""

    message = _("Enter a valid URL.")
    schemes: Sequence[str] = ["http", "https", "ftp", "ftps"]
    max_length = 2048
    # A host name longer than this cannot be looked up (RFC 1034, section 3.1).
    max_host_length = 253

    _octet = r"(?:0|1[0-9]{0,2}|2(?:[0-4][0-9]?|5[0-5]?|[6-9])?|[3-9][0-9]?)"
    _user = r"[^\s:@/?#]+(?::[^\s:@/?#]*)?@"
    _host = (
        rf"(?:localhost|(?:{_label('a-z0-9' + _BEYOND_ASCII)})(?:\.{_label('a-z0-9' + _BEYOND_ASCII)})*"
        rf"{_top_level('a-z' + _BEYOND_ASCII)}\.?)"
    )
    regex: Any = _pattern(
        rf"^[a-z0-9.+-]*://(?:{_user})?(?:{_octet}(?:\.{_octet}){{3}}|\[[0-9a-f:.]+\]|{_host})"
        r"(?::[0-9]{1,5})?(?:[/?#]\S*)?\Z",
        re.IGNORECASE,
    )

    def __init__(
        self,
        schemes: Sequence[str] | None = None,
        regex: str | re.Pattern[str] | None = None,
        message: Any = None,
        code: str | None = None,
        inverse_match: bool | None = None,
        flags: int | None = None,
    ) -> None:
        super().__init__(regex, message, code, inverse_match, flags)
        if schemes is not None:
            self.schemes = schemes

    def __call__(self, value: Any) -> None:
        if not isinstance(value, str) or len(value) > self.max_length:
            self._refuse(value)
        # urlsplit() would drop these three silently, and what was checked would not be what is stored.
        if any(unsafe in value for unsafe in "\t\r\n"):
            self._refuse(value)
        if value.partition("://")[0].lower() not in self.schemes:
            self._refuse(value)
        super().__call__(value)
        host = self._split(value).hostname or ""
        if len(host) > self.max_host_length:
            self._refuse(value)
        if ":" in host and not is_valid_ipv6_address(host):
            self._refuse(value)

    def _split(self, value: str) -> SplitResult:
        try:
            return urlsplit(value)
        except ValueError as error:  # an unbalanced or impossible [address]
            raise ValidationError(self.message, code=self.code, params={"value": value}) from error

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), tuple(self.schemes))


@deconstructible(path="nuages.core.validators.EmailValidator")
class EmailValidator:
    """Refuse what does not look like an email address; domains on the `allowlist` are taken as they are."""

    message: Any = _("Enter a valid email address.")
    code = "invalid"
    max_length = 320
    domain_allowlist: Sequence[str] = ["localhost"]
    # Either words of "atom" characters joined by dots, or a quoted string (RFC 5321, section 4.1.2).
    user_regex: Any = _pattern(
        r"^(?:[-!#$%&'*+/=?^_`{}|~0-9A-Z]+(?:\.[-!#$%&'*+/=?^_`{}|~0-9A-Z]+)*"
        r"|\"(?:[\001-\010\013\014\016-\037!#-\[\]-\177]|\\[\001-\011\013\014\016-\177])*\")\Z",
        re.IGNORECASE,
    )
    domain_regex: Any = _pattern(
        rf"^(?:{_label('a-z0-9' + _BEYOND_ASCII)})(?:\.{_label('a-z0-9' + _BEYOND_ASCII)})*"
        rf"{_top_level('a-z' + _BEYOND_ASCII)}\Z",
        re.IGNORECASE,
    )
    literal_regex: Any = _pattern(r"^\[([a-f0-9:.]+)\]\Z", re.IGNORECASE)

    def __init__(
        self, message: Any = None, code: str | None = None, allowlist: Sequence[str] | None = None
    ) -> None:
        _override(self, message=message, code=code, domain_allowlist=allowlist)

    def __call__(self, value: Any) -> None:
        user, at, domain = value.rpartition("@") if isinstance(value, str) else ("", "", "")
        if not at or len(value) > self.max_length or not self.user_regex.match(user):
            raise ValidationError(self.message, code=self.code, params={"value": value})
        if domain not in self.domain_allowlist and not self.validate_domain_part(domain):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def validate_domain_part(self, domain_part: str) -> bool:
        """Whether what follows the @ is a domain name or a bracketed IP address."""
        if self.domain_regex.match(domain_part):
            return True
        literal = self.literal_regex.match(domain_part)
        if literal is None:
            return False
        try:
            validate_ipv46_address(literal[1])
        except ValidationError:
            return False
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, EmailValidator):
            return NotImplemented
        return (self.message, self.code, set(self.domain_allowlist)) == (
            other.message,
            other.code,
            set(other.domain_allowlist),
        )

    def __hash__(self) -> int:
        return hash((self.code, frozenset(self.domain_allowlist)))


def validate_ipv4_address(value: Any) -> None:
    """Refuse what is not an IPv4 address in dotted form (leading zeros, once read as octal, included)."""
    try:
        ipaddress.IPv4Address(value)
    except ValueError as error:
        raise _bad_address(value, _("IPv4")) from error


def validate_ipv6_address(value: Any) -> None:
    """Refuse what is not an IPv6 address."""
    if not is_valid_ipv6_address(value):
        raise _bad_address(value, _("IPv6"))


def validate_ipv46_address(value: Any) -> None:
    """Refuse what is neither an IPv4 nor an IPv6 address."""
    for validate in (validate_ipv4_address, validate_ipv6_address):
        try:
            return validate(value)
        except ValidationError:
            pass
    raise _bad_address(value, _("IPv4 or IPv6"))


def _bad_address(value: Any, protocol: Any) -> ValidationError:
    return ValidationError(
        _("Enter a valid %(protocol)s address."),
        code="invalid",
        params={"protocol": protocol, "value": value},
    )


_ADDRESS_VALIDATORS: dict[str, list[Callable[[Any], None]]] = {
    "both": [validate_ipv46_address],
    "ipv4": [validate_ipv4_address],
    "ipv6": [validate_ipv6_address],
}


def ip_address_validators(protocol: str, unpack_ipv4: bool) -> list[Callable[[Any], None]]:
    """The validators for an IP address field of that `protocol` ("both", "IPv4" or "IPv6")."""
    if unpack_ipv4 and protocol != "both":
        raise ValueError("You can only use `unpack_ipv4` if `protocol` is set to 'both'")
    validators = _ADDRESS_VALIDATORS.get(protocol.lower())
    if validators is None:
        raise ValueError(f"The protocol '{protocol}' is unknown. Supported: {list(_ADDRESS_VALIDATORS)}")
    return validators


@deconstructible(path="nuages.core.validators.BaseValidator")
class BaseValidator:
    """Compare what `clean()` makes of a value with a limit; the comparison being true refuses the value."""

    message: Any = _("Ensure this value is %(limit_value)s (it is %(show_value)s).")
    code = "limit_value"

    def __init__(self, limit_value: Any, message: Any = None) -> None:
        self.limit_value = limit_value
        if message:
            self.message = message

    def __call__(self, value: Any) -> None:
        limit = self.limit_value() if callable(self.limit_value) else self.limit_value
        measured = self.clean(value)
        if self.compare(measured, limit):
            raise ValidationError(self.message, code=self.code, params=self._params(value, measured, limit))

    def _params(self, value: Any, measured: Any, limit: Any) -> dict[str, Any]:
        return {"limit_value": limit, "show_value": measured, "value": value}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, self.__class__):
            return NotImplemented
        return (self.limit_value, self.message, self.code) == (other.limit_value, other.message, other.code)

    def __hash__(self) -> int:
        return hash((self.__class__, self.code))

    def compare(self, a: Any, b: Any) -> bool:
        """Whether `a`, made from the value, breaks the limit `b`."""
        return a is not b

    def clean(self, x: Any) -> Any:
        """What of the value is compared (the value itself, its length …)."""
        return x


@deconstructible(path="nuages.core.validators.MaxValueValidator")
class MaxValueValidator(BaseValidator):
    """Refuse what is greater than `limit_value`."""

    message = _("Ensure this value is less than or equal to %(limit_value)s.")
    code = "max_value"

    def compare(self, a: Any, b: Any) -> bool:
        return a > b


@deconstructible(path="nuages.core.validators.MinValueValidator")
class MinValueValidator(BaseValidator):
    """Refuse what is less than `limit_value`."""

    message = _("Ensure this value is greater than or equal to %(limit_value)s.")
    code = "min_value"

    def compare(self, a: Any, b: Any) -> bool:
        return a < b


@deconstructible(path="nuages.core.validators.StepValueValidator")
class StepValueValidator(BaseValidator):
    """Refuse what is not a multiple of `limit_value`, counted from `offset` where one is given."""

    message = _("Ensure this value is a multiple of step size %(limit_value)s.")
    offset_message = _(
        "Ensure this value is a multiple of step size %(limit_value)s, starting from %(offset)s, e.g. "
        "%(offset)s, %(valid_value1)s, %(valid_value2)s, and so on."
    )
    code = "step_size"

    def __init__(self, limit_value: Any, message: Any = None, offset: Any = None) -> None:
        super().__init__(limit_value, message or (None if offset is None else self.offset_message))
        self.offset = offset

    def _params(self, value: Any, measured: Any, limit: Any) -> dict[str, Any]:
        params = super()._params(value, measured, limit)
        if self.offset is not None:
            first, second = self.offset + limit, self.offset + 2 * limit
            params.update(offset=self.offset, valid_value1=first, valid_value2=second)
        return params

    def compare(self, a: Any, b: Any) -> bool:
        distance = a if self.offset is None else a - self.offset
        # Binary fractions are never exact: 0.55 is a multiple of 0.001 only within a tolerance.
        return not math.isclose(math.remainder(distance, b), 0, abs_tol=1e-9)

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        return same if same is NotImplemented else same and self.offset == getattr(other, "offset", None)

    __hash__ = BaseValidator.__hash__


@deconstructible(path="nuages.core.validators.MinLengthValidator")
class MinLengthValidator(BaseValidator):
    """Refuse what is shorter than `limit_value`."""

    message = ngettext_lazy(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "min_length"

    def compare(self, a: Any, b: Any) -> bool:
        return a < b

    def clean(self, x: Any) -> Any:
        return len(x)


@deconstructible(path="nuages.core.validators.MaxLengthValidator")
class MaxLengthValidator(BaseValidator):
    """Refuse what is longer than `limit_value`."""

    message = ngettext_lazy(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        "Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
        "limit_value",
    )
    code = "max_length"

    def compare(self, a: Any, b: Any) -> bool:
        return a > b

    def clean(self, x: Any) -> Any:
        return len(x)


@deconstructible(path="nuages.core.validators.DecimalValidator")
class DecimalValidator:
    """Refuse a decimal with more digits, decimal places or whole digits than the column can hold."""

    messages: dict[str, Any] = {
        "max_whole_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit before the decimal point.",
            "Ensure that there are no more than %(max)s digits before the decimal point.",
            "max",
        ),
        "max_decimal_places": ngettext_lazy(
            "Ensure that there are no more than %(max)s decimal place.",
            "Ensure that there are no more than %(max)s decimal places.",
            "max",
        ),
        "max_digits": ngettext_lazy(
            "Ensure that there are no more than %(max)s digit in total.",
            "Ensure that there are no more than %(max)s digits in total.",
            "max",
        ),
        "invalid": _("Enter a number."),
    }

    def __init__(self, max_digits: int | None, decimal_places: int | None) -> None:
        self.max_digits = max_digits
        self.decimal_places = decimal_places

    def __call__(self, value: Decimal) -> None:
        exponent = value.as_tuple().exponent
        if isinstance(exponent, str):  # "F", "n" or "N": infinity and the two kinds of NaN
            raise ValidationError(self.messages["invalid"], code="invalid", params={"value": value})
        places = max(-exponent, 0)
        # adjusted() is the place of the first digit; that of zero says nothing about its size.
        whole = max(value.adjusted() + 1, 0) if value or exponent < 0 else 1
        limits = [
            ("max_digits", whole + places, self.max_digits),
            ("max_decimal_places", places, self.decimal_places),
        ]
        if self.max_digits is not None and self.decimal_places is not None:
            limits.append(("max_whole_digits", whole, self.max_digits - self.decimal_places))
        for code, seen, limit in limits:
            if limit is not None and seen > limit:
                raise ValidationError(self.messages[code], code=code, params={"max": limit, "value": value})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, DecimalValidator):
            return NotImplemented
        return (self.max_digits, self.decimal_places) == (other.max_digits, other.decimal_places)

    def __hash__(self) -> int:
        return hash((self.max_digits, self.decimal_places))


@deconstructible(path="nuages.core.validators.FileExtensionValidator")
class FileExtensionValidator:
    """Refuse a file whose name does not end in one of `allowed_extensions` (which says nothing of its content)."""

    message: Any = _(
        "File extension “%(extension)s” is not allowed. Allowed extensions are: %(allowed_extensions)s."
    )
    code = "invalid_extension"

    def __init__(
        self, allowed_extensions: Iterable[str] | None = None, message: Any = None, code: str | None = None
    ) -> None:
        self.allowed_extensions = (
            None if allowed_extensions is None else [extension.lower() for extension in allowed_extensions]
        )
        _override(self, message=message, code=code)

    def __call__(self, value: Any) -> None:
        allowed = self.allowed_extensions
        extension = Path(value.name).suffix[1:].lower()
        if allowed is not None and extension not in allowed:
            params = {"extension": extension, "allowed_extensions": ", ".join(allowed), "value": value}
            raise ValidationError(self.message, code=self.code, params=params)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FileExtensionValidator):
            return NotImplemented
        mine, theirs = (set(validator.allowed_extensions or ()) for validator in (self, other))
        return (mine, self.message, self.code) == (theirs, other.message, other.code)

    def __hash__(self) -> int:
        return hash((frozenset(self.allowed_extensions or ()), self.code))


def get_available_image_extensions() -> list[str]:
    """The extensions (without dot) that the installed Pillow can read or write; empty without Pillow."""
    try:
        from PIL import Image
    except ImportError:
        return []
    Image.init()
    return [extension.lower()[1:] for extension in Image.EXTENSION]


def validate_image_file_extension(value: Any) -> None:
    """Refuse a file whose name does not end as an image's does."""
    FileExtensionValidator(allowed_extensions=get_available_image_extensions())(value)


@deconstructible(path="nuages.core.validators.ProhibitNullCharactersValidator")
class ProhibitNullCharactersValidator:
    """Refuse text with null characters: databases cannot store them and other programs stop reading at them."""

    message: Any = _("Null characters are not allowed.")
    code = "null_characters_not_allowed"

    def __init__(self, message: Any = None, code: str | None = None) -> None:
        _override(self, message=message, code=code)

    def __call__(self, value: Any) -> None:
        if "\x00" in str(value):
            raise ValidationError(self.message, code=self.code, params={"value": value})

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ProhibitNullCharactersValidator):
            return NotImplemented
        return (self.message, self.code) == (other.message, other.code)

    def __hash__(self) -> int:
        return hash(self.code)


def int_list_validator(
    sep: str = ",", message: Any = None, code: str = "invalid", allow_negative: bool = False
) -> RegexValidator:
    """A validator for text that is integers separated by `sep`."""
    number = r"(?:-)?\d+" if allow_negative else r"\d+"
    regex = re.compile(rf"^{number}(?:{re.escape(sep)}{number})*\Z")
    return RegexValidator(regex, message=message, code=code)


integer_validator = RegexValidator(_pattern(r"^-?\d+\Z"), message=_("Enter a valid integer."), code="invalid")


def validate_integer(value: Any) -> None:
    """Accept whole numbers, as text too."""
    integer_validator(value)


validate_email = EmailValidator()
validate_domain_name = DomainNameValidator()
validate_slug = RegexValidator(
    _pattern(r"^[-a-zA-Z0-9_]+\Z"),
    # Translators: "letters" means latin letters: a-z and A-Z.
    _("Enter a valid “slug” consisting of letters, numbers, underscores or hyphens."),
    "invalid",
)
validate_unicode_slug = RegexValidator(
    _pattern(r"^[-\w]+\Z"),
    _("Enter a valid “slug” consisting of Unicode letters, numbers, underscores, or hyphens."),
    "invalid",
)
validate_comma_separated_integer_list = int_list_validator(
    message=_("Enter only digits separated by commas.")
)
