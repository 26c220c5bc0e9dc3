"""The admin's registry, options and log.

Models can be registered and everything that apps declare about their admin is kept; the pages themselves are not part
of this release, and asking for one says so.
"""

from nuages.contrib.admin.decorators import action, display, register
from nuages.contrib.admin.filters import (
    AllValuesFieldListFilter,
    BooleanFieldListFilter,
    ChoicesFieldListFilter,
    DateFieldListFilter,
    EmptyFieldListFilter,
    FieldListFilter,
    ListFilter,
    RelatedFieldListFilter,
    RelatedOnlyFieldListFilter,
    SimpleListFilter,
)
from nuages.contrib.admin.options import (
    HORIZONTAL,
    VERTICAL,
    ActionLocation,
    ModelAdmin,
    ShowFacets,
    StackedInline,
    TabularInline,
)
from nuages.contrib.admin.sites import AdminSite, site
from nuages.utils.module_loading import autodiscover_modules

__all__ = [
    "HORIZONTAL",
    "VERTICAL",
    "ActionLocation",
    "AdminSite",
    "AllValuesFieldListFilter",
    "BooleanFieldListFilter",
    "ChoicesFieldListFilter",
    "DateFieldListFilter",
    "EmptyFieldListFilter",
    "FieldListFilter",
    "ListFilter",
    "ModelAdmin",
    "RelatedFieldListFilter",
    "RelatedOnlyFieldListFilter",
    "ShowFacets",
    "SimpleListFilter",
    "StackedInline",
    "TabularInline",
    "action",
    "display",
    "register",
    "site",
]
__all__ += ["autodiscover"]


def autodiscover() -> None:
    """Import the `admin` module of every app; what one registered before it failed is taken back."""
    autodiscover_modules("admin", register_to=site)
