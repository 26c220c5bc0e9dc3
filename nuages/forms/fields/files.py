"""Fields for uploaded files and images."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any, Unpack

from nuages.core import validators
from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext_lazy as _
from nuages.utils.translation import ngettext_lazy

from ..widgets import FILE_INPUT_CONTRADICTION, ClearableFileInput, FileInput, Widget
from .base import Field, FieldOptions

if TYPE_CHECKING:
    from ..boundfield import BoundField


class FileField(Field):
    """An uploaded file. Nothing uploaded keeps the present file; False means to remove it."""

    widget: Any = ClearableFileInput
    default_error_messages = {
        "missing": _("No file was submitted."),
        "invalid": _("No file was submitted. Check the encoding type on the form."),
        "contradiction": _("Please either submit a file or check the clear checkbox, not both."),
        "empty": _("The submitted file is empty."),
        "max_length": ngettext_lazy(
            "Ensure this filename has at most %(max)d character (it has %(length)d).",
            "Ensure this filename has at most %(max)d characters (it has %(length)d).",
            "max",
        ),
    }

    def __init__(
        self,
        *,
        max_length: int | None = None,
        allow_empty_file: bool = False,
        **options: Unpack[FieldOptions],
    ) -> None:
        self.max_length, self.allow_empty_file = max_length, allow_empty_file
        super().__init__(**options)

    def _refusal(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params or None)

    def to_python(self, data: Any) -> Any:
        if data in self.empty_values:
            return None
        try:
            name, size = data.name, data.size
        except AttributeError as error:  # a form without multipart encoding sends the name as text
            raise self._refusal("invalid") from error
        if not name:
            raise self._refusal("invalid")
        if self.max_length is not None and len(name) > self.max_length:
            raise self._refusal("max_length", max=self.max_length, length=len(name))
        if not size and not self.allow_empty_file:
            raise self._refusal("empty")
        return data

    def clean(self, data: Any, initial: Any = None) -> Any:
        if data is FILE_INPUT_CONTRADICTION:
            raise self._refusal("contradiction")
        if data is False:
            if not self.required:
                return False
            data = None  # a required file cannot be removed
        return initial if initial and not data else super().clean(data)

    def clean_bound(self, bound: BoundField) -> Any:
        return self.clean(bound.initial if self.disabled else bound.data, bound.initial)

    def bound_data(self, data: Any, initial: Any) -> Any:
        # A browser cannot be given a file back: what is shown again is the one that is kept so far.
        return initial

    def has_changed(self, initial: Any, data: Any) -> bool:
        return data is not None and not self.disabled


class ImageField(FileField):
    """An uploaded image that Pillow can read; the clean file has it as `image`."""

    default_validators = [validators.validate_image_file_extension]
    default_error_messages = {
        "invalid_image": _(
            "Upload a valid image. The file you uploaded was either not an image or a corrupted image."
        )
    }

    def to_python(self, data: Any) -> Any:
        upload = super().to_python(data)
        if upload is None:
            return None
        from PIL import Image

        try:
            # load() would find broken pixels too, but reads the whole image into memory: an easy attack.
            # verify() must be called at once after opening.
            image = Image.open(self._readable(data))
            image.verify()
        except Exception as error:  # Pillow raises what its many formats raise
            raise self._refusal("invalid_image") from error
        upload.image = image
        upload.content_type = Image.MIME.get(image.format or "")
        if callable(getattr(upload, "seek", None)):
            upload.seek(0)
        return upload

    @staticmethod
    def _readable(data: Any) -> Any:
        """A path or a stream of its own for Pillow, which closes what it is given."""
        if hasattr(data, "temporary_file_path"):
            return data.temporary_file_path()
        return BytesIO(data.read() if hasattr(data, "read") else data["content"])

    def widget_attrs(self, widget: Widget) -> dict[str, Any]:
        attrs = super().widget_attrs(widget)
        if isinstance(widget, FileInput) and "accept" not in widget.attrs:
            attrs["accept"] = "image/*"
        return attrs
