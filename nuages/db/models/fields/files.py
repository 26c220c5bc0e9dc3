"""Files and images: the column holds a name, a storage holds the file."""

from __future__ import annotations

import datetime
import posixpath
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack, overload

from nuages.core import checks
from nuages.core.exceptions import FieldError
from nuages.core.files.base import ContentFile, File
from nuages.core.files.images import ImageFile
from nuages.core.files.storage import Storage, default_storage
from nuages.core.files.utils import validate_file_name
from nuages.db.models import signals
from nuages.db.models.expressions import DatabaseDefault
from nuages.db.models.fields.base import Field, FieldCheck
from nuages.db.models.fields.options import FieldOption, FieldOptions
from nuages.db.models.fields.values import FileIn, FileOut, ImageOut, Null
from nuages.db.models.query_utils import DeferredAttribute
from nuages.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from collections.abc import Callable

    from nuages.db.models.base import Model
    from nuages.utils.functional import Promise

__all__ = ["FieldFile", "FileDescriptor", "FileField", "ImageField", "ImageFieldFile", "ImageFileDescriptor"]


class FieldFile(File):
    """The file of one instance's field: opened, saved and deleted through the field's storage."""

    # Nothing of the open file goes into a pickle, only where it is.
    def __init__(self, instance: Any, field: FileField[Any, Any, Any], name: str | None) -> None:
        super().__init__(None, name)
        self.instance = instance
        self.field = field
        self.storage = field.storage
        #: Whether the file is in the storage already.
        self._committed = True

    def __eq__(self, other: object) -> bool:
        # Equal by name, also to the name itself.
        if hasattr(other, "name"):
            return self.name == other.name
        return self.name == other

    def __hash__(self) -> int:
        return hash(self.name)

    def _require_file(self) -> None:
        if not self:
            raise ValueError(f"The '{self.field.name}' attribute has no file associated with it.")

    def _get_file(self) -> Any:
        self._require_file()
        if getattr(self, "_file", None) is None:
            self._file = self.storage.open(self.name, "rb")
        return self._file

    def _set_file(self, file: Any) -> None:
        self._file = file

    def _del_file(self) -> None:
        del self._file

    file = property(_get_file, _set_file, _del_file)  # type: ignore[assignment]

    @property
    def path(self) -> str:
        """Where it is on this machine, for storages that have such a place."""
        self._require_file()
        return self.storage.path(self.name)

    @property
    def url(self) -> str:
        """Where a browser finds it."""
        self._require_file()
        return self.storage.url(self.name)

    @property
    def size(self) -> int:  # type: ignore[override]
        self._require_file()
        if not self._committed:
            return self.file.size
        return self.storage.size(self.name)

    def open(self, mode: str = "rb") -> Any:
        """Open or reopen it."""
        self._require_file()
        opened = getattr(self, "_file", None)
        if opened is not None:
            opened.open(mode)
            return self
        self.file = self.storage.open(self.name, mode)
        return self

    open.alters_data = True  # type: ignore[attr-defined]

    def save(self, name: str, content: Any, save: bool = True) -> None:
        """Put `content` into the storage under (something like) this name, and save the instance."""
        name = self.field.generate_filename(self.instance, name)
        self.name = self.storage.save(name, content, max_length=self.field.max_length)
        self._put_on_instance(content)
        self._committed = True
        if save:
            self.instance.save()

    def _put_on_instance(self, content: Any) -> None:
        setattr(self.instance, self.field.attname, self.name)

    save.alters_data = True  # type: ignore[attr-defined]

    def delete(self, save: bool = True) -> None:
        """Take it out of the storage, and save the instance."""
        if not self:
            return
        if hasattr(self, "_file"):
            # Closed first: some systems do not let go of an open one.
            self.close()
            del self.file
        gone, self.name, self._committed = self.name, None, False
        self.storage.delete(gone)
        setattr(self.instance, self.field.attname, None)
        if save:
            self.instance.save()

    delete.alters_data = True  # type: ignore[attr-defined]

    @property
    def closed(self) -> bool:
        file = getattr(self, "_file", None)
        return file is None or file.closed

    def close(self) -> None:
        file = getattr(self, "_file", None)
        if file is not None:
            file.close()

    def __getstate__(self) -> dict[str, Any]:
        # The storage comes back with the field, the instance from where it is pickled itself.
        whereabouts = {"instance": self.instance, "field": self.field, "name": self.name}
        return {**whereabouts, "_committed": True, "_file": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Older pickles say "closed" too, which is told by the file here.
        self.__dict__.update({name: value for name, value in state.items() if name != "closed"})
        self.storage = self.field.storage


class FileDescriptor(DeferredAttribute):
    """`instance.photo`: whatever was put there, seen as the field's file."""

    field: FileField[Any, Any, Any]

    def __get__(self, instance: Any, cls: type | None = None) -> Any:
        if instance is None:
            return self
        value = super().__get__(instance, cls)
        field = self.field
        attr_class = field.attr_class
        if isinstance(value, DatabaseDefault):
            return value
        if value is None or isinstance(value, str):
            # A name, as it comes from the database.
            value = attr_class(instance, field, value)
        elif isinstance(value, attr_class):
            if not hasattr(value, "field"):
                # Unpickled from long ago.
                value.instance, value.field, value.storage = instance, field, field.storage
            elif instance is not value.instance:
                value.instance = instance
        elif isinstance(value, File):
            # A new file, still to be put into the storage.
            made = attr_class(instance, field, value.name)
            made.file = value
            made._committed = False
            value = made
        instance.__dict__[field.attname] = value
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


def check_file_key(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    if field._primary_key_set_explicitly:
        yield checks.Error(
            f"'primary_key' is not a valid argument for a {field.__class__.__name__}.",
            obj=field,
            id="fields.E201",
        )


def check_upload_to(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    if isinstance(field.upload_to, str) and field.upload_to.startswith("/"):
        yield checks.Error(
            f"{field.__class__.__name__}'s 'upload_to' argument must be a relative path, not an absolute path.",
            obj=field,
            id="fields.E202",
            hint="Remove the leading slash.",
        )


class FileOptions(FieldOptions, total=False):
    """Keywords of FileField, for its subclasses."""

    upload_to: str | Callable[[Any, str], str]
    storage: Storage | Callable[[], Storage] | None


class FileField(Field[FileIn, FileOut, Null]):
    """A file in a storage, by its name."""

    options: ClassVar[tuple[FieldOption, ...]] = (
        FieldOption("max_length", 100),
        FieldOption("upload_to", ""),
        FieldOption("primary_key", False, never=True),
    )
    checks: ClassVar[tuple[FieldCheck, ...]] = (check_file_key, check_upload_to)

    #: What reading the field gives.
    attr_class: Any = FieldFile
    descriptor_class = FileDescriptor
    description = _("File")
    form_field = "FileField"

    if TYPE_CHECKING:
        # Where the column is NULL, too, reading gives a file: one without a name.
        @overload
        def __get__(self, instance: None, owner: type | None = None) -> FileDescriptor: ...
        @overload
        def __get__(self, instance: Model, owner: type | None = None) -> FileOut: ...
        @overload
        def __get__(self, instance: object, owner: type | None = None) -> Self: ...
        def __get__(self, instance: Any, owner: type | None = None) -> Any: ...

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        upload_to: str | Callable[[Any, str], str] = "",
        storage: Storage | Callable[[], Storage] | None = None,
        *,
        null: Null = ...,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        upload_to: str | Callable[[Any, str], str] = "",
        storage: Storage | Callable[[], Storage] | None = None,
        *,
        null: bool,
        **options: Unpack[FieldOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        upload_to: Any = "",
        storage: Any = None,
        **kwargs: Any,
    ) -> None:
        self._primary_key_set_explicitly = "primary_key" in kwargs
        self.storage = default_storage if storage is None else storage
        if callable(self.storage):
            # Kept for deconstruct(): where files go may differ from one installation to the next.
            self._storage_callable = self.storage
            self.storage = self.storage()
            if not isinstance(self.storage, Storage):
                raise TypeError(
                    f"{self.__class__.__qualname__}.storage must be a subclass/instance of "
                    f"{Storage.__module__}.{Storage.__qualname__}"
                )
        self.upload_to = upload_to
        kwargs.setdefault("max_length", 100)
        super().__init__(verbose_name, name, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["upload_to"] = self.upload_to
        storage = getattr(self, "_storage_callable", self.storage)
        if storage is not default_storage:
            kwargs["storage"] = storage
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "FileField"

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        return None if value is None else str(value)

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        file = super().pre_save(model_instance, add)
        if isinstance(file, DatabaseDefault):
            return file
        if file.name is None and getattr(file, "_file", None) is not None:
            error = FieldError(f"File for {self.name} must have the name attribute specified to be saved.")
            if isinstance(file._file, ContentFile):
                error.add_note("Pass a 'name' argument to ContentFile.")
            raise error
        if file and not file._committed:
            # The file first: its name is what the row holds.
            file.save(file.name, file.file, save=False)
        return file

    def generate_filename(self, instance: Any, filename: str) -> str:
        """The name to ask the storage for: `upload_to` in front of the file's own."""
        if callable(self.upload_to):
            filename = self.upload_to(instance, filename)
        else:
            folder = datetime.datetime.now().strftime(str(self.upload_to))
            filename = posixpath.join(folder, filename)
        filename = validate_file_name(filename, allow_relative_path=True)
        return self.storage.generate_filename(filename)

    def save_form_data(self, instance: Any, data: Any) -> None:
        # None means that the form says nothing about it, False that it is to be cleared.
        if data is not None:
            setattr(instance, self.name, data or "")

    def form_presets(self) -> dict[str, Any]:
        return {"max_length": self.max_length}


class ImageFileDescriptor(FileDescriptor):
    """Setting an image brings the fields of its size up to date."""

    field: ImageField[Any, Any, Any]

    def __set__(self, instance: Any, value: Any) -> None:
        previous = instance.__dict__.get(self.field.attname)
        super().__set__(instance, value)
        # Not while an instance is made: its other fields may come later, so post_init looks then.
        if previous is not None:
            self.field.update_dimension_fields(instance, force=True)


class ImageFieldFile(ImageFile, FieldFile):
    """The image of one instance's field."""

    field: ImageField[Any, Any, Any]

    def _put_on_instance(self, content: Any) -> None:
        # The size is taken from what was just stored: a storage need not be able to read it back.
        setattr(self.instance, self.field.attname, content)
        self.instance.__dict__[self.field.attname] = self.name

    def delete(self, save: bool = True) -> None:
        if hasattr(self, "_dimensions_cache"):
            del self._dimensions_cache
        super().delete(save)

    delete.alters_data = True  # type: ignore[attr-defined]


def check_pillow(field: Any, options: Mapping[str, Any]) -> Iterator[Any]:
    try:
        import PIL.Image  # noqa: F401
    except ImportError:
        yield checks.Error(
            "Cannot use ImageField because Pillow is not installed.",
            hint=(
                "Get Pillow at https://pypi.org/project/Pillow/ "
                'or run command "python -m pip install Pillow".'
            ),
            obj=field,
            id="fields.E210",
        )


class ImageField(FileField[FileIn, ImageOut, Null]):
    """A file that is an image, with its size in two more fields if wanted."""

    options: ClassVar[tuple[FieldOption, ...]] = (FieldOption("width_field"), FieldOption("height_field"))
    checks: ClassVar[tuple[FieldCheck, ...]] = (check_pillow,)
    attr_class = ImageFieldFile
    descriptor_class = ImageFileDescriptor
    description = _("Image")
    form_field = "ImageField"

    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        width_field: str | None = None,
        height_field: str | None = None,
        *,
        null: Null = ...,
        **options: Unpack[FileOptions],
    ) -> None: ...
    @overload
    def __init__(
        self,
        verbose_name: str | Promise | None = None,
        name: str | None = None,
        width_field: str | None = None,
        height_field: str | None = None,
        *,
        null: bool,
        **options: Unpack[FileOptions],
    ) -> None: ...
    def __init__(
        self,
        verbose_name: Any = None,
        name: str | None = None,
        width_field: str | None = None,
        height_field: str | None = None,
        **kwargs: Any,
    ) -> None:
        self.width_field, self.height_field = width_field, height_field
        super().__init__(verbose_name, name, **kwargs)

    def contribute_to_class(self, cls: Any, name: str, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, **kwargs)
        # Only images with fields for their size have to be looked at when an instance is made.
        if not cls._meta.abstract and (self.width_field or self.height_field):
            signals.post_init.connect(self.update_dimension_fields, sender=cls)

    def update_dimension_fields(self, instance: Any, force: bool = False, *args: Any, **kwargs: Any) -> None:
        """Set the fields of width and height; without `force` only where they are empty."""
        if not (self.width_field or self.height_field):
            return
        # A deferred image is not loaded for its size.
        if self.attname not in instance.__dict__:
            return
        file = getattr(instance, self.attname)
        if not file and not force:
            return
        filled = not (
            (self.width_field and not getattr(instance, self.width_field))
            or (self.height_field and not getattr(instance, self.height_field))
        )
        if filled and not force:
            return
        width, height = (file.width, file.height) if file else (None, None)
        if self.width_field:
            setattr(instance, self.width_field, width)
        if self.height_field:
            setattr(instance, self.height_field, height)
