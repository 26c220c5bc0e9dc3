"""The errors of forms and formsets."""

from __future__ import annotations

import unittest
from typing import Any

__unittest = True


class FormAssertions(unittest.TestCase):
    """`assertFormError`, `assertFormSetError`, `assertFieldOutput`."""

    def assertFormError(self, form: Any, field: str | None, errors: Any, msg_prefix: str = "") -> None:
        """Check that `field` of `form` has exactly `errors`; None stands for the non-field errors."""
        self._check_errors(form, field, errors, f"form {form!r}", msg_prefix)

    def assertFormSetError(
        self, formset: Any, form_index: int | None, field: str | None, errors: Any, msg_prefix: str = ""
    ) -> None:
        """Check the errors of a form in `formset`; with `form_index=None`, those of the formset itself."""
        if form_index is None:
            if field is not None:
                raise ValueError("You must use field=None with form_index=None.")
            self._compare(
                formset.non_form_errors(),
                errors,
                f"The non-form errors of formset {formset!r} don't match.",
                msg_prefix,
                formset,
                "formset",
            )
            return
        if not formset.is_bound:
            self.fail(
                f"{_prefix(msg_prefix)}The formset {formset!r} is not bound, it will never have any errors."
            )
        total = formset.total_form_count()
        if form_index >= total:
            many = "forms" if total != 1 else "form"
            self.fail(f"{_prefix(msg_prefix)}The formset {formset!r} only has {total} {many}.")
        self._check_errors(
            formset.forms[form_index], field, errors, f"form {form_index} of formset {formset!r}", msg_prefix
        )

    def _check_errors(
        self, form: Any, field: str | None, errors: Any, described: str, msg_prefix: str
    ) -> None:
        if not form.is_bound:
            self.fail(f"{_prefix(msg_prefix)}The {described} is not bound, it will never have any errors.")
        if field is not None and field not in form.fields:
            self.fail(f"{_prefix(msg_prefix)}The {described} does not contain the field {field!r}.")
        if field is None:
            found, what = form.non_field_errors(), f"non-field errors of {described}"
        else:
            found, what = form.errors.get(field, []), f"errors of field {field!r} on {described}"
        self._compare(found, errors, f"The {what} don't match.", msg_prefix, form, described)

    def _compare(
        self, found: Any, errors: Any, complaint: str, msg_prefix: str, owner: Any, described: str
    ) -> None:
        if not owner.is_bound:
            self.fail(
                f"{_prefix(msg_prefix)}The {described} {owner!r} is not bound, it will never have any errors."
            )
        expected = [errors] if isinstance(errors, str) else list(errors)
        self.assertEqual(list(found), expected, _prefix(msg_prefix) + complaint)

    def assertFieldOutput(
        self,
        fieldclass: type,
        valid: dict[Any, Any],
        invalid: dict[Any, Any],
        field_args: Any = None,
        field_kwargs: dict[str, Any] | None = None,
        empty_value: Any = "",
    ) -> None:
        """Check what a form field makes of valid input, invalid input and none, required and not."""
        from nuages.core.exceptions import ValidationError
        from nuages.core.validators import EMPTY_VALUES
        from nuages.forms.fields import CharField

        args, kwargs = list(field_args or []), field_kwargs or {}
        required = fieldclass(*args, **kwargs)
        optional = fieldclass(*args, **(kwargs | {"required": False}))
        for given, expected in valid.items():
            self.assertEqual(required.clean(given), expected)
            self.assertEqual(optional.clean(given), expected)
        for given, messages in invalid.items():
            for field in (required, optional):
                with self.assertRaises(ValidationError) as seen:
                    field.clean(given)
                self.assertEqual(seen.exception.messages, messages)
        for empty in EMPTY_VALUES:
            with self.assertRaises(ValidationError) as seen:
                required.clean(empty)
            self.assertEqual(seen.exception.messages, [required.error_messages["required"]])
            self.assertEqual(optional.clean(empty), empty_value)
        if issubclass(fieldclass, CharField):
            limits = {"min_length": 2, "max_length": 20}
            self.assertIsInstance(fieldclass(*args, **(kwargs | limits)), fieldclass)


def _prefix(msg_prefix: str) -> str:
    return f"{msg_prefix}: " if msg_prefix else ""
