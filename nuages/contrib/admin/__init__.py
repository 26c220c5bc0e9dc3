"""The admin's registry, options and log.

Models can be registered and everything that apps declare about their admin is kept; the pages themselves are not part
of this release, and asking for one says so.
"""

import warnings

from nuages.apps import apps as installed
from nuages.compat import resolved
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
from nuages.utils.module_loading import discover_module

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
    """Import the `admin` module of every app; what one registered before it failed is taken back.

    One that builds on the admin's pages is left out, with a warning: a site can do without it as long as there are none.
    """
    for app_config in installed.get_app_configs():
        try:
            discover_module(app_config, "admin", site)
        except ImportError as error:
            wanted = resolved(error.name or "")
            if f"{wanted}.".startswith(f"{__name__}."):
                warnings.warn(
                    f"'{app_config.name}.admin' is not loaded: {error}. This belongs to the admin's pages, "
                    "which are not part of this release of nuages.",
                    RuntimeWarning,
                    stacklevel=2,
                )
            else:
                raise
