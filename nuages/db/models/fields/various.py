"""Fields that hold bytes, identifiers, addresses and paths."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Unpack, overload

from nuages.core import exceptions, validators
from nuages.db.models.fields import checks as field_checks
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.values import BytesIn, BytesOut, Null, TextIn, TextOut, UUIDIn, UUIDOut
from nuages.utils.functional import cached_property
from nuages.utils.ipv6 import MAX_IPV6_ADDRESS_LENGTH, clean_ipv6_address
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from nuages.utils.functional import Promise

__all__ = ["BinaryField", "FilePathField", "GenericIPAddressField", "IPAddressField", "UUIDField"]


class BinaryField(Field[BytesIn, BytesOut, Null]):
    """Raw bytes; not editable unless asked for."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("editable", False),)
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_bytes_default,)
    default_error_messages = {"invalid": _("“%(value)s” is not a valid binary value.")}
    description = _("Raw binary data")
    empty_values = [None, b""]

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, editable: bool = False, **kwargs: Any) -> None:
            super().__init__(*args, editable=editable, **kwargs)

    @cached_property
    def validators(self) -> list[Any]:
        limit: list[Any] = [] if self.max_length is None else [validators.MaxLengthValidator(self.max_length)]
        return [*self.default_validators, *self._validators, *limit]

    def get_internal_type(self) -> str:
        return "BinaryField"

    def get_default(self) -> Any:
        if self.has_default() and not callable(self.default):
            return self.default
        default = super().get_default()
        return b"" if default == "" else default

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = super().get_db_prep_value(value, connection, prepared)
        return None if value is None else connection.Database.Binary(value)

    def value_to_string(self, obj: Any) -> str:
        return b64encode(self.value_from_object(obj)).decode("ascii")

    def to_python(self, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        # Text is what value_to_string() made of it.
        try:
            return memoryview(b64decode(value, validate=True))
        except ValueError:
            raise self.invalid("invalid", value=value) from None


class UUIDOptions(FieldOptions, total=False):
    """Keywords of UUIDField."""

    name: str | None


class UUIDField(Field[UUIDIn, UUIDOut, Null]):
    """A universally unique identifier."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("max_length", 32, never=True),)
    default_error_messages = {"invalid": _("“%(value)s” is not a valid UUID.")}
    description = _("Universally unique identifier")
    form_field = "UUIDField"
    empty_strings_allowed = False

    @overload
    def __init__(
        self, verbose_name: str | Promise | None = None, *, null: Null = ..., **options: Unpack[UUIDOptions]
    ) -> None: ...
    @overload
    def __init__(
        self, verbose_name: str | Promise | None = None, *, null: bool, **options: Unpack[UUIDOptions]
    ) -> None: ...
    def __init__(self, verbose_name: Any = None, **kwargs: Any) -> None:
        kwargs["max_length"] = 32
        super().__init__(verbose_name, **kwargs)

    def get_internal_type(self) -> str:
        return "UUIDField"

    def get_prep_value(self, value: Any) -> Any:
        return self.to_python(super().get_prep_value(value))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = self.to_python(value)
        if value is None or connection.features.has_native_uuid_field:
            return value
        return value.hex

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, uuid.UUID):
            return value
        try:
            return uuid.UUID(int=value) if isinstance(value, int) else uuid.UUID(hex=value)
        except (AttributeError, TypeError, ValueError):
            raise self.invalid("invalid", value=value) from None


class IPAddressField(Field[TextIn, TextOut, Null]):
    """Kept for historical migrations only."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("max_length", 15, never=True),)
    empty_strings_allowed = False
    description = _("IPv4 address")
    system_check_removed_details: Mapping[str, str] | None = {
        "msg": "IPAddressField has been removed except for support in historical migrations.",
        "hint": "Use GenericIPAddressField instead.",
        "id": "fields.E900",
    }

    if not TYPE_CHECKING:  # a checker sees the constructor of the base

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            kwargs["max_length"] = 15
            super().__init__(*args, **kwargs)

    def get_internal_type(self) -> str:
        return "IPAddressField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return None if value is None else str(value)


class GenericIPAddressField(Field[TextIn, TextOut, Null]):
    """An IPv4 or IPv6 address."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("protocol", "both"),
        FieldOption("unpack_ipv4", False),
        FieldOption("max_length", MAX_IPV6_ADDRESS_LENGTH),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_blank_address,)
    empty_strings_allowed = False
    description = _("IP address")
    form_field = "GenericIPAddressField"
    default_error_messages: Mapping[str, Any] = {"invalid": _("Enter a valid %(protocol)s address.")}

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        protocol: str = "both",
        unpack_ipv4: bool = False,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        protocol: str = "both",
        unpack_ipv4: bool = False,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        protocol: str = "both",
        unpack_ipv4: bool = False,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.protocol, self.unpack_ipv4 = protocol, unpack_ipv4
        self.default_validators = validators.ip_address_validators(protocol, unpack_ipv4)
        kwargs["max_length"] = MAX_IPV6_ADDRESS_LENGTH
        super().__init__(verbose_name, name, *args, **kwargs)

    def get_internal_type(self) -> str:
        return "GenericIPAddressField"

    def to_python(self, value: Any) -> Any:
        if value is None:
            return None
        value = (value if isinstance(value, str) else str(value)).strip()
        if ":" in value:
            return clean_ipv6_address(value, self.unpack_ipv4, self.error_messages["invalid"])
        return value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if value is None:
            return None
        if value and ":" in str(value):
            try:
                return clean_ipv6_address(str(value), self.unpack_ipv4)
            except exceptions.ValidationError:
                pass  # Part of an address, as a lookup may ask for.
        return str(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        value = value if prepared else self.get_prep_value(value)
        return connection.ops.adapt_ipaddressfield_value(value)

    def form_presets(self) -> dict[str, Any]:
        return {"protocol": self.protocol}


class FilePathField(Field[TextIn, TextOut, Null]):
    """The name of a file in a folder of the server."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("path", ""),
        FieldOption("match"),
        FieldOption("recursive", False),
        FieldOption("allow_files", True),
        FieldOption("allow_folders", False),
        FieldOption("max_length", 100),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (field_checks.check_file_path,)
    description = _("File path")
    form_field = "FilePathField"

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        path: str | Callable[[], str] = "",
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        path: str | Callable[[], str] = "",
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        path: Any = "",
        match: str | None = None,
        recursive: bool = False,
        allow_files: bool = True,
        allow_folders: bool = False,
        **kwargs: Any,
    ) -> None:
        self.path, self.match, self.recursive = path, match, recursive
        self.allow_files, self.allow_folders = allow_files, allow_folders
        kwargs.setdefault("max_length", 100)
        super().__init__(verbose_name, name, **kwargs)

    def get_internal_type(self) -> str:
        return "FilePathField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return None if value is None else str(value)

    def form_presets(self) -> dict[str, Any]:
        kept = {name: getattr(self, name) for name in ("match", "recursive", "allow_files", "allow_folders")}
        return {"path": self.path() if callable(self.path) else self.path, **kept}
