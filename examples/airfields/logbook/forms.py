"""Writing in the logbook."""

from __future__ import annotations

from logbook.models import Review, Visit
from nuages import forms


class VisitForm(forms.ModelForm):
    """When were you here?"""

    class Meta:
        model = Visit
        fields = ["day"]
        widgets = {"day": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})}


class ReviewForm(forms.ModelForm):
    """How was it?"""

    class Meta:
        model = Review
        fields = ["rating", "title", "text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 7})}
        help_texts = {
            "text": "The runway, the coffee, the view from the circuit: whatever the next visitor should know."
        }
