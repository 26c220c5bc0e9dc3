"""Views of one object, found by primary key or slug."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db import models
from nuages.db.models.rows import M
from nuages.http import Http404
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext as _

from .base import ContextMixin, TemplateResponseMixin, View

if TYPE_CHECKING:
    from nuages.db.models import QuerySet


class SingleObjectMixin(ContextMixin, Generic[M]):
    """Finds the object that a request is about."""

    request: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    object: M

    model: type[M] | None = None
    queryset: QuerySet[M] | None = None
    slug_field = "slug"
    context_object_name: str | None = None
    slug_url_kwarg = "slug"
    pk_url_kwarg = "pk"
    query_pk_and_slug = False

    def get_object(self, queryset: Any = None) -> M:
        """The object that the URL names, or a 404."""
        if queryset is None:
            queryset = self.get_queryset()
        pk = self.kwargs.get(self.pk_url_kwarg)
        slug = self.kwargs.get(self.slug_url_kwarg)
        if pk is None and slug is None:
            raise AttributeError(
                f"Generic detail view {type(self).__name__} must be called with either an object pk or a slug "
                "in the URLconf."
            )
        lookups: dict[str, Any] = {}
        if pk is not None:
            lookups["pk"] = pk
        if slug is not None and (pk is None or self.query_pk_and_slug):
            lookups[self.get_slug_field()] = slug
        queryset = queryset.filter(**lookups)
        try:
            return queryset.get()
        except queryset.model.DoesNotExist as error:
            name = queryset.model._meta.verbose_name
            raise Http404(
                _("No %(verbose_name)s found matching the query") % {"verbose_name": name}
            ) from error

    def get_queryset(self) -> QuerySet[M]:
        """The objects among which to look; a fresh queryset each time."""
        if self.queryset is not None:
            return self.queryset.all()
        if self.model:
            return self.model._default_manager.all()
        raise missing_queryset(self)

    def get_slug_field(self) -> str:
        """The name of the field that holds the slug."""
        return self.slug_field

    def get_context_object_name(self, obj: Any) -> str | None:
        """The name of the object in the template."""
        if self.context_object_name or not isinstance(obj, models.Model):
            return self.context_object_name
        return obj._meta.model_name

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {}
        if self.object:
            context["object"] = self.object
            if name := self.get_context_object_name(self.object):
                context[name] = self.object
        return super().get_context_data(**{**context, **kwargs})


def missing_queryset(view: Any) -> ImproperlyConfigured:
    """What to say to a view that was not told which objects it is about."""
    name = type(view).__name__
    return ImproperlyConfigured(
        f"{name} is missing a QuerySet. Define {name}.model, {name}.queryset, or override {name}.get_queryset()."
    )


class BaseDetailView(SingleObjectMixin[M], View):
    """The view of one object, without a way to render it."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the object."""
        self.object = self.get_object()
        return self.render_to_response(self.get_context_data(object=self.object))  # type: ignore[attr-defined]


class SingleObjectTemplateResponseMixin(TemplateResponseMixin, Generic[M]):
    """Chooses the template by the object: its own, or `<app>/<model><suffix>.html`."""

    model: type[M] | None
    object: M

    template_name_field: str | None = None
    template_name_suffix = "_detail"

    def get_template_names(self) -> list[str]:
        """The templates to try, the most particular first."""
        if self.template_name is not None:
            return [self.template_name]
        names = []
        if self.object and self.template_name_field:
            own = getattr(self.object, self.template_name_field, None)
            names += [own] if own else []
        model: Any = getattr(self, "model", None)
        # The object tells more than the view where both could.
        if isinstance(self.object, models.Model):
            model = self.object
        if model is not None and issubclass(model if isinstance(model, type) else type(model), models.Model):
            options = model._meta
            names.append(f"{options.app_label}/{options.model_name}{self.template_name_suffix}.html")
        if not names:
            raise ImproperlyConfigured(
                "SingleObjectTemplateResponseMixin requires a definition of 'template_name', "
                "'template_name_field', or 'model'; or an implementation of 'get_template_names()'."
            )
        return names


class DetailView(SingleObjectTemplateResponseMixin[M], BaseDetailView[M]):
    """A page about one object: name the model, and `pk` or `slug` in the URL."""
