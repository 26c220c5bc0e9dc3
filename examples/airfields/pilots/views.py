"""Accounts and profiles."""

from __future__ import annotations

from typing import Any

from nuages.contrib import messages
from nuages.contrib.auth import get_user_model, login
from nuages.contrib.auth.decorators import login_required
from nuages.db.models import Count
from nuages.http import HttpRequest, HttpResponse
from nuages.shortcuts import get_object_or_404, redirect, render
from nuages.urls import reverse_lazy
from nuages.views.generic import FormView
from pilots.forms import ProfileForm, SignUpForm


class SignUp(FormView):
    """Make an account, and be logged in with it."""

    form_class = SignUpForm
    template_name = "pilots/sign_up.html"
    success_url = reverse_lazy("profile")

    def form_valid(self, form: SignUpForm) -> HttpResponse:
        login(self.request, form.save())
        messages.success(self.request, "Welcome aboard. Tell the others where you are at home.")
        return super().form_valid(form)


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """One's own profile, logbook and reviews."""
    own = request.user.profile
    form = ProfileForm(request.POST or None, request.FILES or None, instance=own)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, "Your profile is saved.")
        return redirect("profile")
    return render(request, "pilots/profile.html", {"form": form, **_logbook(request.user)})


async def pilot(request: HttpRequest, username: str) -> HttpResponse:
    """What everybody may see of a user."""
    person = get_object_or_404(
        get_user_model().objects.select_related("profile"), username=username, is_active=True
    )
    return render(request, "pilots/pilot.html", {"person": person, **_logbook(person)})


def _logbook(person: Any) -> dict[str, Any]:
    return {
        "visits": person.visits.select_related("airport__country").order_by("-day"),
        "reviews": person.reviews.select_related("airport__country").order_by("-written"),
        "countries": person.visits.aggregate(count=Count("airport__country", distinct=True))["count"],
    }
