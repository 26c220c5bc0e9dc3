"""Finding airports."""

from __future__ import annotations

from atlas.models import Airport, Country, Facility
from nuages import forms
from nuages.db.models import Q, QuerySet

ORDERS = {
    "name": ("Name", ["name", "ident"]),
    "-elevation": ("Highest first", ["-elevation", "name"]),
    "elevation": ("Lowest first", ["elevation", "name"]),
    "-latitude": ("North to south", ["-latitude", "name"]),
    "country": ("Country", ["country__name", "name"]),
}


class AirportFilter(forms.Form):
    """What may stand in the address of the airport list. Everything may be left out."""

    q = forms.CharField(
        label="Search",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "Name, city or code"}),
    )
    country = forms.ModelChoiceField(Country.objects.all(), required=False, empty_label="All countries")
    facility = forms.ModelChoiceField(
        Facility.objects.all(), required=False, to_field_name="slug", empty_label="All kinds", label="Kind"
    )
    order = forms.ChoiceField(
        required=False, choices=[(key, label) for key, (label, _) in ORDERS.items()], label="Order"
    )

    def narrow(self, airports: QuerySet[Airport]) -> QuerySet[Airport]:
        """Apply what is valid of the form; what is not is shown as an error beside its field."""
        self.is_valid()
        chosen = self.cleaned_data
        if words := chosen.get("q"):
            for word in words.split():
                airports = airports.filter(
                    Q(name__icontains=word)
                    | Q(city__icontains=word)
                    | Q(region__icontains=word)
                    | Q(ident__iexact=word)
                    | Q(iata__iexact=word)
                )
        if country := chosen.get("country"):
            airports = airports.filter(country=country)
        if facility := chosen.get("facility"):
            airports = airports.filter(facilities=facility)
        _, order = ORDERS[chosen.get("order") or "name"]
        return airports.order_by(*order)
