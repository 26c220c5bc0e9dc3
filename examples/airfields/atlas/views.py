"""Pages of the atlas: plain and `async def`, functions and classes, as each page wants it."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from logbook.forms import VisitForm
from logbook.models import Review, Visit

from atlas.forms import AirportFilter
from atlas.maps import neighbours, world_map
from atlas.models import Airport, Country
from atlas.projection import project
from nuages.db.models import Avg, Count, Max, QuerySet
from nuages.http import HttpRequest, HttpResponse
from nuages.shortcuts import get_object_or_404, redirect, render
from nuages.views import View
from nuages.views.generic import ListView


async def home(request: HttpRequest) -> HttpResponse:
    """The start page. Five counts at once by their async names; everything else by plain calls."""
    airports, countries, zones, visits, reviews = await asyncio.gather(
        Airport.objects.acount(),
        Country.objects.acount(),
        Airport.objects.order_by().values("time_zone").distinct().acount(),
        Visit.objects.acount(),
        Review.objects.acount(),
    )
    by_height = Airport.objects.select_related("country").order_by("-elevation")
    by_latitude = Airport.objects.select_related("country").order_by("-latitude")
    return render(
        request,
        "atlas/home.html",
        {
            "map": world_map(),
            "counts": [
                ("airports", airports),
                ("countries", countries),
                ("time zones", zones),
                ("visits", visits),
                ("reviews", reviews),
            ],
            "records": [
                ("Highest", by_height.first()),
                ("Lowest", by_height.last()),
                ("Northernmost", by_latitude.first()),
                ("Southernmost", by_latitude.last()),
            ],
            "busiest": Country.objects.annotate(total=Count("airports")).order_by("-total")[:10],
            "reviews": Review.objects.order_by("-written")[:6],
        },
    )


class AirportList(ListView):
    """Search, filters, order and pages, all from the address."""

    template_name = "atlas/airport_list.html"
    context_object_name = "airports"
    paginate_by = 30

    def get_queryset(self) -> QuerySet[Airport]:
        self.form = AirportFilter(self.request.GET, label_suffix="")
        return self.form.narrow(Airport.objects.select_related("country"))

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = super().get_context_data(form=self.form, **context)
        page = found["page_obj"]
        found["page_range"] = page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
        return found


async def airport_detail(request: HttpRequest, ident: str) -> HttpResponse:
    """One airport. An `async def` view with plain calls in it: nothing here needs an await."""
    airport = get_object_or_404(Airport.objects.select_related("country"), ident=ident.upper())
    user = request.user
    reviews = airport.reviews.order_by("-written")
    own_review = reviews.filter(user=user).first() if user.is_authenticated else None
    x, y = project(airport.latitude, airport.longitude)
    return render(
        request,
        "atlas/airport_detail.html",
        {
            "airport": airport,
            "facilities": airport.facilities.all(),
            "reviews": reviews,
            "rating": reviews.aggregate(average=Avg("rating"), count=Count("pk")),
            "own_review": own_review,
            "visits": airport.visits.order_by("-day")[:12],
            "visit_form": VisitForm(),
            "map": world_map(),
            "spot": {"x": round(x, 1), "y": round(y, 1)},
            "neighbours": neighbours(airport),
        },
    )


def countries(request: HttpRequest) -> HttpResponse:
    """All countries, with how many airports each has and how high they go."""
    by_number = request.GET.get("by") == "number"
    rows = Country.objects.annotate(total=Count("airports"), highest=Max("airports__elevation"))
    ordered = rows.order_by("-total", "name") if by_number else rows.order_by("name")
    return render(request, "atlas/countries.html", {"countries": ordered, "by_number": by_number})


class Somewhere(View):
    """Off to an airport chosen by chance."""

    async def get(self, request: HttpRequest) -> HttpResponse:
        count = await Airport.objects.acount()
        if not count:
            return redirect("airports")
        return redirect(Airport.objects.order_by("pk")[random.randrange(count)])
