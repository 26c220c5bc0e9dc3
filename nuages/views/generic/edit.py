"""Views with a form: fill it in, or create, change and delete an object with it."""

from __future__ import annotations

from typing import Any

from nuages.core.exceptions import ImproperlyConfigured
from nuages.db.models.rows import M
from nuages.forms import Form
from nuages.forms import models as model_forms
from nuages.http import HttpResponse, HttpResponseRedirect
from nuages.utils.generics import Generic, TypeVar

from .base import ContextMixin, TemplateResponseMixin, View
from .detail import BaseDetailView, SingleObjectMixin, SingleObjectTemplateResponseMixin

FormT = TypeVar("FormT", default="Any")


class FormMixin(ContextMixin, Generic[FormT]):
    """Makes the form, and says what follows when it is valid or not."""

    request: Any

    initial: dict[str, Any] = {}
    form_class: type[FormT] | None = None
    success_url: Any = None
    prefix: str | None = None

    def get_initial(self) -> dict[str, Any]:
        """The form's initial data; a copy, to change as you like."""
        return self.initial.copy()

    def get_prefix(self) -> str | None:
        return self.prefix

    def get_form_class(self) -> type[FormT]:
        found: Any = self.form_class
        return found

    def get_form(self, form_class: Any = None) -> FormT:
        """The form of this request."""
        return (form_class or self.get_form_class())(**self.get_form_kwargs())

    def get_form_kwargs(self) -> dict[str, Any]:
        """The arguments of the form: the data too, where the request brings some."""
        arguments: dict[str, Any] = {"initial": self.get_initial(), "prefix": self.get_prefix()}
        if self.request.method in ("POST", "PUT"):
            arguments.update(data=self.request.POST, files=self.request.FILES)
        return arguments

    def get_success_url(self) -> str:
        """Where to go when the form was processed."""
        if not self.success_url:
            raise ImproperlyConfigured("No URL to redirect to. Provide a success_url.")
        return str(self.success_url)  # it may be lazy

    def form_valid(self, form: FormT) -> HttpResponse:
        """Go on to the success URL."""
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: FormT) -> HttpResponse:
        """Show the form again, with its errors."""
        return self.render_to_response(self.get_context_data(form=form))  # type: ignore[attr-defined]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        if "form" not in kwargs:
            kwargs["form"] = self.get_form()
        return super().get_context_data(**kwargs)


class ModelFormMixin(FormMixin[FormT], SingleObjectMixin[M], Generic[M, FormT]):
    """Makes a model form, for the view's object where there is one."""

    fields: Any = None

    def get_form_class(self) -> type[FormT]:
        """The form class given, or one for the view's model and fields."""
        if self.fields is not None and self.form_class:
            raise ImproperlyConfigured("Specifying both 'fields' and 'form_class' is not permitted.")
        if self.form_class:
            return self.form_class
        if self.fields is None:
            raise ImproperlyConfigured(
                f"Using ModelFormMixin (base class of {type(self).__name__}) without the 'fields' attribute is "
                "prohibited."
            )
        return model_forms.modelform_factory(self._model(), fields=self.fields)

    def _model(self) -> Any:
        if self.model is not None:
            return self.model
        present = getattr(self, "object", None)
        return self.get_queryset().model if present is None else type(present)

    def get_form_kwargs(self) -> dict[str, Any]:
        arguments = super().get_form_kwargs()
        if hasattr(self, "object"):
            arguments["instance"] = self.object
        return arguments

    def get_success_url(self) -> str:
        """The success URL with the object's values put in, else the object's own URL."""
        if self.success_url:
            return str(self.success_url).format(**self.object.__dict__)
        made: Any = self.object
        try:
            return made.get_absolute_url()
        except AttributeError as error:
            raise ImproperlyConfigured(
                "No URL to redirect to. Either provide a url or define a get_absolute_url method on the Model."
            ) from error

    def form_valid(self, form: FormT) -> HttpResponse:
        """Save, then go on to the success URL."""
        filled: Any = form
        self.object = filled.save()
        return super().form_valid(form)


class ProcessFormView(View):
    """Shows a form on GET, takes it in on POST."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the form."""
        return self.render_to_response(self.get_context_data())  # type: ignore[attr-defined]

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Check the form and go on, or show it again."""
        form = self.get_form()  # type: ignore[attr-defined]
        follow = self.form_valid if form.is_valid() else self.form_invalid  # type: ignore[attr-defined]
        return follow(form)

    # Objects may be put where they are to be found; for anything else override post().
    def put(self, *args: Any, **kwargs: Any) -> Any:
        return self.post(*args, **kwargs)


class BaseFormView(FormMixin[FormT], ProcessFormView):
    """The view of a form, without a way to render it."""


class FormView(TemplateResponseMixin, BaseFormView[FormT]):
    """A page with a form: name the form class, the template and where to go next."""


class BaseCreateView(ModelFormMixin[M, FormT], ProcessFormView):
    """The view that creates an object, without a way to render it."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the empty form."""
        self.object = None  # type: ignore[assignment]  # until it is made
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Create the object, or show the form again."""
        self.object = None  # type: ignore[assignment]  # until it is made
        return super().post(request, *args, **kwargs)


class CreateView(SingleObjectTemplateResponseMixin[M], BaseCreateView[M, FormT]):
    """A page that creates an object: name the model and the fields."""

    template_name_suffix = "_form"


class BaseUpdateView(ModelFormMixin[M, FormT], ProcessFormView):
    """The view that changes an object, without a way to render it."""

    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the object in the form."""
        self.object = self.get_object()
        return super().get(request, *args, **kwargs)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Change the object, or show the form again."""
        self.object = self.get_object()
        return super().post(request, *args, **kwargs)


class UpdateView(SingleObjectTemplateResponseMixin[M], BaseUpdateView[M, FormT]):
    """A page that changes an object: name the model and the fields."""

    template_name_suffix = "_form"


class DeletionMixin:
    """Deletes the object on DELETE, and on POST for browsers."""

    object: Any
    success_url: Any = None

    def delete(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete the object and go on to the success URL."""
        self.object = self.get_object()  # type: ignore[attr-defined]
        return self._delete_and_go_on()

    def _delete_and_go_on(self) -> Any:
        # Asked for before: the URL may be made from values that are gone afterwards.
        url = self.get_success_url()
        self.object.delete()
        return HttpResponseRedirect(url)

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        return self.delete(request, *args, **kwargs)

    def get_success_url(self) -> str:
        """The success URL with the object's values put in."""
        if not self.success_url:
            raise ImproperlyConfigured("No URL to redirect to. Provide a success_url.")
        return str(self.success_url).format(**self.object.__dict__)


class BaseDeleteView(DeletionMixin, FormMixin[FormT], BaseDetailView[M], Generic[M, FormT]):
    """The view that deletes an object after a confirmation form, without a way to render it."""

    form_class: Any = Form

    def post(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Delete the object where the form is valid, or show it again."""
        self.object = self.get_object()
        form: Any = self.get_form()
        return self.form_valid(form) if form.is_valid() else self.form_invalid(form)

    def form_valid(self, form: Any) -> Any:
        """Delete, then go on to the success URL."""
        return self._delete_and_go_on()


class DeleteView(SingleObjectTemplateResponseMixin[M], BaseDeleteView[M, FormT]):
    """A page that asks before it deletes an object: name the model and where to go next."""

    template_name_suffix = "_confirm_delete"
