"""`AdminSite`, which knows the registered models, and `site`, the one that is there by default."""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any

from nuages.apps import apps
from nuages.contrib.admin.exceptions import AlreadyRegistered, NotRegistered
from nuages.contrib.admin.options import ModelAdmin
from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.models.base import ModelBase
from nuages.urls import re_path
from nuages.utils.functional import LazyObject
from nuages.utils.module_loading import import_string
from nuages.utils.translation import gettext_lazy as _

all_sites: Any = weakref.WeakSet()


def missing_page(request: Any, **kwargs: Any) -> Any:
    """Stand at every address of the admin."""
    error = ImproperlyConfigured("The admin's pages are not part of this release of nuages.")
    error.add_note(f"Asked for {request.path}. Registration, options and the log of the admin work.")
    raise error


class AdminSite:
    """The models that can be administered, and how."""

    site_title: Any = _("Django site admin")
    site_header: Any = _("Django administration")
    index_title: Any = _("Site administration")
    site_url: str | None = "/"
    empty_value_display = "-"
    enable_nav_sidebar = True
    final_catch_all_view = True

    login_form: Any = None
    password_change_form: Any = None
    index_template: str | None = None
    app_index_template: str | None = None
    login_template: str | None = None
    logout_template: str | None = None
    password_change_template: str | None = None
    password_change_done_template: str | None = None

    def __init__(self, name: str = "admin") -> None:
        self.name = name
        self._registry: dict[Any, ModelAdmin] = {}
        all_sites.add(self)

    def __repr__(self) -> str:
        return f"{self.__class__.__name__}(name={self.name!r})"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Register a model or several, with a `ModelAdmin` class or options of one."""
        for model in _models(model_or_iterable):
            self._refuse(model)
            chosen = admin_class or ModelAdmin
            if options:
                # Options are those of a class made for this model.
                chosen = type(f"{model.__name__}Admin", (chosen,), {**options, "__module__": __name__})
            self._registry[model] = chosen(model, self)

    def _refuse(self, model: Any) -> None:
        name, options = model.__name__, model._meta
        unfit = None
        if options.abstract:
            unfit = "is abstract"
        elif options.is_composite_pk:
            unfit = "has a composite primary key"
        if unfit is not None:
            raise ImproperlyConfigured(f"The model {name} {unfit}, so it cannot be registered with admin.")
        if self.is_registered(model):
            known = self.get_model_admin(model)
            described = f"in app '{options.app_label}'" if type(known) is ModelAdmin else f"with '{known}'"
            raise AlreadyRegistered(f"The model {name} is already registered {described}.")

    def unregister(self, model_or_iterable: Any) -> None:
        """Take a model, or several, out again."""
        for model in _models(model_or_iterable):
            self.get_model_admin(model)
            del self._registry[model]

    def is_registered(self, model: Any) -> bool:
        """Say whether a model is registered."""
        return model in self._registry

    def get_model_admin(self, model: Any) -> ModelAdmin:
        """Return the `ModelAdmin` of a model."""
        if model not in self._registry:
            raise NotRegistered(f"The model {model.__name__} is not registered.")
        return self._registry[model]

    def login(self, request: Any, extra_context: dict[str, Any] | None = None) -> Any:
        """Stand for the page to log in at, which sites put another function around or in the place of."""
        return missing_page(request)

    def has_permission(self, request: Any) -> bool:
        """Say whether the visitor may see the admin at all."""
        return request.user.is_active and request.user.is_staff

    @property
    def urls(self) -> tuple[list[Any], str, str]:
        """Patterns for a URLconf. Its pages say that they are missing, so that the rest of the site works."""
        names = {"logout": r"^logout/$", "index": r"^$", "page": r"^(?P<path>.+)$"}
        patterns = [re_path(pattern, missing_page, name=name) for name, pattern in names.items()]
        return [re_path(r"^login/$", self.login, name="login"), *patterns], "admin", self.name


def _models(given: Any) -> Iterable[Any]:
    return [given] if isinstance(given, ModelBase) else given


class DefaultAdminSite(LazyObject):
    """The site that the app's configuration names, made when it is first used."""

    def _setup(self) -> None:
        self._wrapped = import_string(apps.get_app_config("admin").default_site)()  # type: ignore[attr-defined]

    def __repr__(self) -> str:
        return repr(self._wrapped)


site: Any = DefaultAdminSite()
