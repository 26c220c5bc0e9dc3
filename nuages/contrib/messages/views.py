"""`SuccessMessageMixin`: a form view that says it worked."""

from __future__ import annotations

from typing import Any

from nuages.contrib import messages


class SuccessMessageMixin:
    """Adds `success_message`, filled in from the cleaned data, when the form was valid."""

    request: Any
    success_message = ""

    def form_valid(self, form: Any) -> Any:
        """Let the view do its work, then leave the message."""
        response = super().form_valid(form)  # type: ignore[misc]
        if text := self.get_success_message(form.cleaned_data):
            messages.success(self.request, text)
        return response

    def get_success_message(self, cleaned_data: dict[str, Any]) -> str:
        """Return the message; override it for one that needs more than the form's data."""
        return self.success_message % cleaned_data
