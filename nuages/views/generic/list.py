"""Views of many objects, in pages if asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.core.paginator import InvalidPage, Paginator
from nuages.db.models.rows import M
from nuages.http import Http404
from nuages.utils.generics import Generic
from nuages.utils.translation import gettext as _

from .base import ContextMixin, TemplateResponseMixin, View
from .detail import missing_queryset

if TYPE_CHECKING:
    from nuages.core.paginator import Page
    from nuages.db.models import QuerySet


def _is_queryset(objects: Any) -> bool:
    from nuages.db.models import QuerySet

    return isinstance(objects, QuerySet)


class MultipleObjectMixin(ContextMixin, Generic[M]):
    """Finds the objects that a page lists."""

    request: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    object_list: Any

    allow_empty = True
    queryset: QuerySet[M] | None = None
    model: type[M] | None = None
    paginate_by: int | None = None
    paginate_orphans = 0
    context_object_name: str | None = None
    paginator_class: type[Any] = Paginator
    page_kwarg = "page"
    ordering: Any = None

    def get_queryset(self) -> QuerySet[M]:
        """The objects, in the view's order."""
        objects: Any = self.queryset
        if objects is not None:
            objects = objects.all() if _is_queryset(objects) else objects
        elif self.model is not None:
            objects = self.model._default_manager.all()
        else:
            raise missing_queryset(self)
        ordering = self.get_ordering()
        if not ordering:
            return objects
        return objects.order_by(*([ordering] if isinstance(ordering, str) else ordering))

    def get_ordering(self) -> Any:
        """The field (or fields) to order by."""
        return self.ordering

    def paginate_queryset(
        self, queryset: Any, page_size: int
    ) -> tuple[Paginator[M], Page[M], QuerySet[M], bool]:
        """The paginator, the page that the request asks for, its objects, and whether there are others."""
        paginator = self.get_paginator(
            queryset,
            page_size,
            orphans=self.get_paginate_orphans(),
            allow_empty_first_page=self.get_allow_empty(),
        )
        asked = self.kwargs.get(self.page_kwarg) or self.request.GET.get(self.page_kwarg) or 1
        try:
            number = paginator.num_pages if asked == "last" else int(asked)
        except ValueError as error:
            raise Http404(_("Page is not “last”, nor can it be converted to an int.")) from error
        try:
            page = paginator.page(number)
        except InvalidPage as error:
            params = {"page_number": number, "message": str(error)}
            raise Http404(_("Invalid page (%(page_number)s): %(message)s") % params) from error
        return paginator, page, page.object_list, page.has_other_pages()

    def get_paginate_by(self, queryset: Any) -> int | None:
        """The number of objects on a page, None for all on one."""
        return self.paginate_by

    def get_paginator(
        self,
        queryset: Any,
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
        **kwargs: Any,
    ) -> Paginator[M]:
        """The paginator for the objects."""
        return self.paginator_class(
            queryset, per_page, orphans=orphans, allow_empty_first_page=allow_empty_first_page, **kwargs
        )

    def get_paginate_orphans(self) -> int:
        """How many objects more the last page may have, rather than a page of its own for them."""
        return self.paginate_orphans

    def get_allow_empty(self) -> bool:
        """Whether a page without objects is a page, rather than a 404."""
        return self.allow_empty

    def get_context_object_name(self, object_list: Any) -> str | None:
        """The name of the list in the template."""
        if self.context_object_name or not hasattr(object_list, "model"):
            return self.context_object_name
        return f"{object_list.model._meta.model_name}_list"

    def get_context_data(self, *, object_list: Any = None, **kwargs: Any) -> dict[str, Any]:
        objects = self.object_list if object_list is None else object_list
        name = self.get_context_object_name(objects)
        paginator: Paginator[M] | None = None
        page: Page[M] | None = None
        is_paginated = False
        if page_size := self.get_paginate_by(objects):
            paginator, page, objects, is_paginated = self.paginate_queryset(objects, page_size)
        context = {
            "paginator": paginator,
            "page_obj": page,
            "is_paginated": is_paginated,
            "object_list": objects,
        }
        if name is not None:
            context[name] = objects
        return super().get_context_data(**{**context, **kwargs})


class BaseListView(MultipleObjectMixin[M], View):
    """The view of many objects, without a way to render it."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the objects."""
        self.object_list = self.get_queryset()
        if not self.get_allow_empty() and self._is_empty(self.object_list):
            name = type(self).__name__
            raise Http404(_("Empty list and “%(class_name)s.allow_empty” is False.") % {"class_name": name})
        return self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]

    def _is_empty(self, objects: Any) -> bool:
        # A page of a long list must not load the whole list to find out; a list shown at once is needed anyway.
        if self.get_paginate_by(objects) is not None and hasattr(objects, "exists"):
            return not objects.exists()
        return not objects


class MultipleObjectTemplateResponseMixin(TemplateResponseMixin):
    """Chooses the template by the model: `<app>/<model><suffix>.html`, unless one is named."""

    object_list: Any
    template_name_suffix = "_list"

    def get_template_names(self) -> list[str]:
        """The templates to try."""
        names = [] if self.template_name is None else [self.template_name]
        if hasattr(self.object_list, "model"):
            options = self.object_list.model._meta
            names.append(f"{options.app_label}/{options.model_name}{self.template_name_suffix}.html")
        if not names:
            raise ImproperlyConfigured(
                f"{type(self).__name__} requires either a 'template_name' attribute or a get_queryset() method "
                "that returns a QuerySet."
            )
        return names


class ListView(MultipleObjectTemplateResponseMixin, BaseListView[M]):
    """A page that lists objects: name the model."""
