from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages import forms
from nuages.core.exceptions import ValidationError
from nuages.forms.formsets import BaseFormSet, all_valid, formset_factory


class Drink(forms.Form):
    name = forms.CharField()


def data(*names: str, initial: int = 0, **more: str) -> dict[str, str]:
    sent = {"form-TOTAL_FORMS": str(len(names)), "form-INITIAL_FORMS": str(initial)}
    sent.update({f"form-{number}-name": name for number, name in enumerate(names)})
    return sent | {key.replace("__", "-"): value for key, value in more.items()}


@given(st.integers(0, 5), st.integers(0, 5), st.integers(0, 5), st.integers(0, 5))
def test_the_number_of_forms(initial, extra, least, most):
    made = formset_factory(Drink, extra=extra, min_num=least, max_num=most)
    count = made(initial=[{"name": "x"}] * initial).total_form_count()
    assert count == max(initial, min(max(initial, least) + extra, most))


def test_untouched_extra_forms_may_stay_empty():
    made = formset_factory(Drink, extra=2)
    formset = made(data("Tea", ""))
    assert formset.is_valid()
    assert formset.cleaned_data == [{"name": "Tea"}, {}]


def test_missing_management_data_is_said_and_the_set_can_be_shown():
    formset = formset_factory(Drink)({})
    assert not formset.is_valid()
    assert formset.non_form_errors() == [
        "ManagementForm data is missing or has been tampered with. Missing fields: form-TOTAL_FORMS, "
        "form-INITIAL_FORMS. You may need to file a bug report if the issue persists."
    ]
    assert "form-TOTAL_FORMS" in str(formset)


def test_with_a_part_of_the_management_data_the_forms_are_checked_all_the_same():
    sent = data("Tea", "")
    del sent["form-INITIAL_FORMS"]
    formset = formset_factory(Drink, can_delete=True, can_order=True)(sent)
    assert not formset.is_valid()
    assert formset.errors == [{}, {}]
    assert "Missing fields: form-INITIAL_FORMS." in formset.non_form_errors()[0]
    assert formset.deleted_forms == []


def test_a_huge_number_makes_no_huge_set():
    sent = data()
    sent["form-TOTAL_FORMS"] = "1000000000"
    formset = formset_factory(Drink, max_num=2, absolute_max=5)(sent)
    assert len(formset.forms) == 5
    assert not formset.is_valid()
    assert formset.non_form_errors() == ["Please submit at most 2 forms."]


def test_a_negative_number_makes_no_forms():
    sent = data()
    sent["form-TOTAL_FORMS"] = "-5"
    assert len(formset_factory(Drink)(sent)) == 0


def test_forms_marked_for_deletion_need_not_be_valid_and_do_not_count():
    made = formset_factory(Drink, can_delete=True, max_num=1, validate_max=True)
    formset = made(data("", "Tea", initial=2, form__0__DELETE="on"))
    assert formset.is_valid()
    assert [form.prefix for form in formset.deleted_forms] == ["form-0"]


def test_order_puts_the_numberless_last():
    made = formset_factory(Drink, can_order=True)
    formset = made(data("a", "b", "c", form__0__ORDER="2", form__2__ORDER="1"))
    assert [form.cleaned_data["name"] for form in formset.ordered_forms] == ["c", "a", "b"]
    with pytest.raises(AttributeError, match="has no attribute 'ordered_forms'"):
        formset_factory(Drink)(data("a")).ordered_forms  # noqa: B018


def test_too_few_and_too_many():
    least = formset_factory(Drink, min_num=2, validate_min=True)
    assert least(data("a", "")).non_form_errors() == ["Please submit at least 2 forms."]
    most = formset_factory(Drink, max_num=1, validate_max=True)
    assert most(data("a", "b")).non_form_errors() == ["Please submit at most 1 form."]


def test_the_set_as_a_whole_may_object():
    class Distinct(BaseFormSet):
        def clean(self):
            names = [form.cleaned_data.get("name") for form in self]
            if len(set(names)) < len(names):
                raise ValidationError("Once is enough.")

    formset = formset_factory(Drink, formset=Distinct)(data("a", "a"))
    assert formset.errors == [{}, {}]
    assert formset.non_form_errors() == ["Once is enough."]
    assert 'class="errorlist nonform"' in str(formset.non_form_errors())
    assert formset.total_error_count() == 1
    assert repr(formset) == "<DrinkFormSet: bound=True valid=False total_forms=2>"


def test_every_set_is_validated():
    sets = [formset_factory(Drink)(data("a", initial=1)), formset_factory(Drink)(data("", initial=1))]
    assert not all_valid(reversed(sets))
    assert [formset.errors for formset in sets] == [[{}], [{"name": ["This field is required."]}]]


def test_the_empty_form_is_for_scripts():
    assert 'name="form-__prefix__-name"' in str(formset_factory(Drink)().empty_form)
    assert " required" not in str(formset_factory(Drink)())


def test_refused_at_the_door():
    with pytest.raises(ValueError, match="'absolute_max' must be greater or equal to 'max_num'"):
        formset_factory(Drink, max_num=3, absolute_max=2)
