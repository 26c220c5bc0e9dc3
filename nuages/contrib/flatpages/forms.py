"""The form of flat pages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages import forms
from nuages.conf import settings
from nuages.contrib.flatpages.models import FlatPage
from nuages.core.exceptions import ValidationError
from nuages.utils.translation import gettext
from nuages.utils.translation import gettext_lazy as _

COMMON = "nuages.middleware.common.CommonMiddleware"


class FlatpageForm(forms.ModelForm):
    """Edits a page; a URL may be used once on each site."""

    url = forms.RegexField(
        regex=r"^[-\w/\.~]+$",
        max_length=100,
        label=_("URL"),
        help_text=_("Example: “/about/contact/”. Make sure to have leading and trailing slashes."),
        error_messages={
            "invalid": _(
                "This value must contain only letters, numbers, dots, underscores, dashes, slashes or tildes."
            )
        },
    )

    class Meta:
        fields = "__all__"
        model = FlatPage

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self._trailing_slash_required():
            self.fields["url"].help_text = _("Example: “/about/contact”. Make sure to have a leading slash.")

    def _trailing_slash_required(self) -> bool:
        from nuages.compat import resolved

        return settings.APPEND_SLASH and COMMON in map(resolved, settings.MIDDLEWARE)

    def clean_url(self) -> str:
        """Refuse a URL without the slashes that it needs."""
        url = self.cleaned_data["url"]
        if not url.startswith("/"):
            raise ValidationError(gettext("URL is missing a leading slash."), code="missing_leading_slash")
        if not url.endswith("/") and self._trailing_slash_required():
            raise ValidationError(gettext("URL is missing a trailing slash."), code="missing_trailing_slash")
        return url

    def clean(self) -> Any:
        """Refuse a URL that another page of one of the sites has."""
        for site in self._taken():
            raise ValidationError(
                _("Flatpage with url %(url)s already exists for site %(site)s"),
                params={"url": self.cleaned_data["url"], "site": site},
                code="duplicate_url",
            )
        return super().clean()

    def _taken(self) -> Iterator[Any]:
        sites = self.cleaned_data.get("sites") or ()
        others = FlatPage.objects.filter(url=self.cleaned_data.get("url"))
        if self.instance.pk:
            others = others.exclude(pk=self.instance.pk)
        for site in sites:
            if others.filter(sites=site).exists():
                yield site
