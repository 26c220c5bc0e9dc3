"""Signing up, and what one says of oneself."""

from __future__ import annotations

from io import BytesIO
from typing import Any, BinaryIO, cast

from atlas.models import Airport

from nuages import forms
from nuages.contrib.auth import get_user_model
from nuages.contrib.auth.forms import UserCreationForm
from nuages.core.exceptions import ValidationError
from nuages.core.files.base import ContentFile
from nuages.core.files.uploadedfile import UploadedFile
from nuages.db import transaction
from pilots.models import Profile

MEBIBYTE = 1024 * 1024
LARGEST_PICTURE = 2 * MEBIBYTE
MOST_PIXELS = 40_000_000
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP")
SIDE = 512


class SignUpForm(UserCreationForm):
    """A name and a password are all it takes."""

    class Meta(UserCreationForm.Meta):
        model = get_user_model()
        fields = ("username",)


class ProfileForm(forms.ModelForm):
    """The home field is given by its code; the picture is cut square and stored anew, without what a camera added."""

    home = forms.CharField(
        required=False, max_length=4, help_text="The code of the field you call home, such as EGLL or LHR."
    )

    remove = forms.BooleanField(label="Take my picture down", required=False)

    class Meta:
        model = Profile
        fields = ["picture", "remove", "home", "about"]
        widgets = {
            "picture": forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
            "about": forms.Textarea(attrs={"rows": 4}),
        }
        help_texts = {"picture": "JPEG, PNG or WebP, up to 2 MB."}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.old_picture = self.instance.picture.name
        if not self.old_picture:
            del self.fields["remove"]
        if self.instance.home_id:
            self.initial["home"] = self.instance.home.ident

    def clean_home(self) -> Airport | None:
        code = self.cleaned_data["home"].strip().upper()
        if not code:
            return None
        found = Airport.objects.filter(ident=code).first() or Airport.objects.filter(iata=code).first()
        if found is None:
            raise ValidationError(
                "There is no airport with the code %(code)s.", params={"code": code}, code="unknown"
            )
        return found

    def clean_picture(self) -> Any:
        picture = self.cleaned_data["picture"]
        if not isinstance(picture, UploadedFile):
            return picture
        if picture.size is not None and picture.size > LARGEST_PICTURE:
            raise ValidationError("The picture is larger than 2 MB.", code="too_large")
        image = picture.image
        if image.format not in PICTURE_FORMATS:
            raise ValidationError("The picture must be JPEG, PNG or WebP.", code="format")
        if image.width * image.height > MOST_PIXELS:
            raise ValidationError("The picture has too many pixels.", code="too_many_pixels")
        return square(picture)

    def save(self, commit: bool = True) -> Profile:
        """Save, and delete the picture that is no longer shown."""
        if self.cleaned_data.get("remove") and "picture" not in self.files:
            self.instance.picture = ""
        profile = super().save(commit)
        if self.old_picture and self.old_picture != profile.picture.name:
            storage = profile.picture.storage
            transaction.on_commit(lambda: storage.delete(self.old_picture))
        return profile


def square(picture: UploadedFile) -> ContentFile:
    """Return the middle of a picture, upright, as a small WebP file."""
    from PIL import Image, ImageOps

    picture.seek(0)
    out = BytesIO()
    with Image.open(cast(BinaryIO, picture)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
        ImageOps.fit(upright, (SIDE, SIDE)).save(out, "WEBP", quality=82)
    return ContentFile(out.getvalue(), name="picture.webp")
