"""Visits and reviews. Everybody changes only their own: the query sets hold nothing else."""

from __future__ import annotations

from typing import Any

from atlas.models import Airport

from logbook.forms import ReviewForm, VisitForm
from logbook.models import Review, Visit
from nuages.contrib import messages
from nuages.contrib.auth.decorators import login_required
from nuages.contrib.auth.mixins import LoginRequiredMixin
from nuages.db.models import QuerySet
from nuages.http import HttpRequest, HttpResponse
from nuages.shortcuts import get_object_or_404, redirect
from nuages.views.decorators.http import require_POST
from nuages.views.generic import CreateView, DeleteView, UpdateView
from nuages.views.generic.detail import SingleObjectMixin


@require_POST
@login_required
def add_visit(request: HttpRequest, ident: str) -> HttpResponse:
    """I was here."""
    airport = get_object_or_404(Airport, ident=ident.upper())
    form = VisitForm(request.POST, instance=Visit(user=request.user, airport=airport))
    if not form.is_valid():
        for error in form.errors.get("day", ["That does not look like a day."]):
            messages.error(request, error)
    else:
        day = form.cleaned_data["day"]
        _, new = Visit.objects.get_or_create(user=request.user, airport=airport, day=day)
        if new:
            messages.success(request, f"{airport.name} is in your logbook.")
        else:
            messages.info(request, "That visit was in your logbook already.")
    return redirect(airport)


@require_POST
@login_required
def delete_visit(request: HttpRequest, pk: int) -> HttpResponse:
    """I was not here, after all."""
    visit = get_object_or_404(request.user.visits.select_related("airport"), pk=pk)
    visit.delete()
    messages.success(request, f"The visit to {visit.airport.name} is out of your logbook.")
    return redirect("profile")


class ReviewCreate(LoginRequiredMixin, CreateView[Review, ReviewForm]):
    """Write a review, or go on with the one there is."""

    form_class = ReviewForm
    template_name = "logbook/review_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.airport = get_object_or_404(Airport, ident=kwargs["ident"].upper())
        if request.user.is_authenticated:
            own = Review.objects.filter(user=request.user, airport=self.airport).first()
            if own is not None:
                return redirect("edit_review", own.pk)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": Review(user=self.request.user, airport=self.airport)}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(airport=self.airport, **context)

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        messages.success(self.request, "Thank you for the review.")
        return super().form_valid(form)


class OwnReviews(LoginRequiredMixin, SingleObjectMixin[Review]):
    """The reviews of the one who asks."""

    def get_queryset(self) -> QuerySet[Review]:
        return Review.objects.filter(user=self.request.user).select_related("airport")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return super().get_context_data(airport=self.object.airport, **context)


class ReviewUpdate(OwnReviews, UpdateView[Review, ReviewForm]):
    """Change one's review."""

    form_class = ReviewForm
    template_name = "logbook/review_form.html"

    def form_valid(self, form: ReviewForm) -> HttpResponse:
        messages.success(self.request, "The review is changed.")
        return super().form_valid(form)


class ReviewDelete(OwnReviews, DeleteView[Review]):
    """Take one's review back."""

    template_name = "logbook/review_confirm_delete.html"

    def get_success_url(self) -> str:
        return self.object.airport.get_absolute_url()

    def form_valid(self, form: Any) -> HttpResponse:
        messages.success(self.request, "The review is gone.")
        return super().form_valid(form)
