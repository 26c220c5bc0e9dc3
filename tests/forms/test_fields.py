from __future__ import annotations

import datetime
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages import forms
from nuages.core.exceptions import ValidationError
from nuages.core.files.uploadedfile import SimpleUploadedFile
from nuages.forms.widgets import FILE_INPUT_CONTRADICTION


def messages(field, value) -> list[str]:
    with pytest.raises(ValidationError) as caught:
        field.clean(value)
    return caught.value.messages


def test_required_is_said_once_and_may_be_reworded():
    assert messages(forms.CharField(), " ") == ["This field is required."]
    assert messages(forms.CharField(error_messages={"required": "Say it."}), None) == ["Say it."]


def test_a_field_s_message_replaces_its_validator_s():
    field = forms.CharField(max_length=2, error_messages={"max_length": "Too long!"})
    assert messages(field, "abc") == ["Too long!"]


def test_all_validators_are_heard():
    assert len(messages(forms.SlugField(max_length=2), "a b c")) == 2


@given(st.integers())
def test_integers_survive_being_typed(number):
    assert forms.IntegerField().clean(f" {number} ") == number
    assert forms.IntegerField().clean(f"{number}.0") == number


@given(st.decimals(allow_nan=False, allow_infinity=False))
def test_decimals_survive_being_typed(number):
    assert forms.DecimalField().clean(str(number)) == number


@pytest.mark.parametrize("field", [forms.FloatField, forms.DecimalField])
@pytest.mark.parametrize("text", ["nan", "inf", "-Infinity", "1e", "--1"])
def test_no_number_is_no_number(field, text):
    assert messages(field(), text) == ["Enter a number."]


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_iso_dates_are_read(date):
    assert forms.DateField().clean(date.isoformat()) == date


@given(st.uuids())
def test_uuids_are_read_in_every_form(value):
    assert forms.UUIDField().clean(value.hex) == forms.UUIDField().clean(f"{{{value}}}") == value
    assert forms.UUIDField().prepare_value(value) == str(value)


# Fields of text, and JSON is one, take no NUL.
words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner) | st.dictionaries(words, inner),
)


@given(json_values)
def test_json_that_is_shown_is_read_back(value):
    field = forms.JSONField(required=False)
    assert field.clean(field.prepare_value(value)) == value
    assert not field.has_changed(value, field.prepare_value(value))


def test_json_tells_true_from_one():
    assert forms.JSONField().has_changed({"a": True}, '{"a": 1}')


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("example.com", "https://example.com"),
        ("//example.com/x", "https://example.com/x"),
        ("example.com:8080/", "https://example.com:8080/"),
        ("http://example.com", "http://example.com"),
    ],
)
def test_urls_get_the_scheme_they_lack(typed, meant):
    assert forms.URLField().clean(typed) == meant


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "1http://example.com", ":example.com", "[a", "////]@N.AN"]
)
def test_what_is_no_url_stays_none(typed):
    assert messages(forms.URLField(), typed) == ["Enter a valid URL."]


def test_choices_are_compared_as_text_and_may_be_grouped():
    field = forms.ChoiceField(choices=[(1, "One"), ("More", [(2, "Two")])])
    assert field.clean(2) == "2"
    assert messages(field, "3") == ["Select a valid choice. 3 is not one of the available choices."]


def test_typed_choices_are_coerced_after_they_were_found():
    field = forms.TypedMultipleChoiceField(choices=[(1, "One")], coerce=int, required=False, empty_value=None)
    assert field.clean(["1"]) == [1]
    assert field.clean([]) is None
    assert messages(field, ["x"]) == ["Select a valid choice. x is not one of the available choices."]


def test_callable_choices_are_asked_by_each_form():
    offered = [("a", "A")]

    class Picking(forms.Form):
        one = forms.ChoiceField(choices=lambda: offered)

    assert Picking({"one": "a"}).is_valid()
    offered = [("b", "B")]
    assert not Picking({"one": "a"}).is_valid()


def test_upload_rules():
    field = forms.FileField(max_length=5)
    here = SimpleUploadedFile("a.txt", b"text")
    assert field.clean(here) is here
    assert field.clean(None, "kept.txt") == "kept.txt"
    assert messages(field, SimpleUploadedFile("a.txt", b"")) == ["The submitted file is empty."]
    assert messages(field, SimpleUploadedFile("long-name.txt", b"x"))[0].startswith(
        "Ensure this filename has at most 5"
    )
    assert "not both" in messages(field, FILE_INPUT_CONTRADICTION)[0]
    assert "encoding type" in messages(field, "a.txt")[0]


def test_a_file_can_be_removed_only_where_it_is_optional():
    assert forms.FileField(required=False).clean(False, "kept.txt") is False
    assert forms.FileField().clean(False, "kept.txt") == "kept.txt"


def test_a_form_shown_again_names_the_file_that_is_kept():
    class Kept:
        url = "/media/kept.txt"

        def __str__(self):
            return "kept.txt"

    made = type("F", (forms.Form,), {"file": forms.FileField(required=False), "name": forms.CharField()})
    kept = {"file": Kept()}
    for data, files in ({}, {"file": SimpleUploadedFile("new.txt", b"x")}), ({"file-clear": "on"}, {}):
        form = made(data, files, initial=kept)
        assert not form.is_valid()
        assert '<a href="/media/kept.txt">kept.txt</a>' in str(form["file"])


def test_parts_of_a_value_are_cleaned_together():
    class Pair(forms.MultiValueField):
        def compress(self, data_list):
            return tuple(data_list)

    parts = (forms.IntegerField(), forms.IntegerField(required=False))
    field = Pair(parts, require_all_fields=False)
    assert field.clean(["1", ""]) == (1, None)
    assert messages(field, ["", "2"]) == ["Enter a complete value."]
    assert messages(field, ["x", "y"]) == ["Enter a whole number."]


def test_date_and_time_apart_make_one_moment():
    with pytest.raises(ValidationError, match="Enter a valid time"):
        forms.SplitDateTimeField(required=False).clean(["2026-01-02", ""])
    moment = forms.SplitDateTimeField().clean(["2026-01-02", "03:04"])
    assert (moment.date(), moment.time()) == (datetime.date(2026, 1, 2), datetime.time(3, 4))


def test_an_ambiguous_time_is_refused():
    from nuages.utils import timezone

    with timezone.override("Europe/Berlin"):
        assert "couldn’t be interpreted" in messages(forms.DateTimeField(), "2025-03-30 02:30")[0]


@pytest.mark.parametrize(
    "text", ["9" * 5000, "9" * 5000 + " days", "1:" + "9" * 5000, "P" + "9" * 5000 + "D"]
)
def test_a_duration_of_very_many_digits_is_too_long(text):
    assert "The number of days must be between" in messages(forms.DurationField(), text)[0]


def test_one_and_zero_are_answers_to_a_question_that_may_stay_open():
    field = forms.NullBooleanField()
    assert [field.clean(value) for value in (1, 0, True, False, "1", "0", 2, "", None, [])] == (
        [True, False, True, False, True, False, None, None, None, None]
    )
    form = type("F", (forms.Form,), {"sure": field})({"sure": 0})
    assert form.is_valid() and form.cleaned_data == {"sure": False}
    assert '<option value="false" selected>' in str(form["sure"])


@pytest.mark.parametrize("address", ["a b", "http://[::1"])
def test_a_message_of_an_address_may_show_what_was_entered(address):
    field = forms.URLField(error_messages={"invalid": "No address: %(value)s"})
    assert address in messages(field, address)[0]


def test_number_inputs_get_the_limits():
    attrs = forms.DecimalField(max_value=9, decimal_places=2).widget.attrs
    assert attrs == {"max": 9, "step": "0.01"}
    assert isinstance(forms.IntegerField(localize=True).widget, forms.TextInput)


def test_a_limit_that_is_a_callable_is_asked_whenever_the_field_is_shown():
    limits = iter([5, 6])
    form = type("F", (forms.Form,), {"n": forms.IntegerField(max_value=lambda: next(limits))})()
    assert 'max="5"' in str(form["n"]) and 'max="6"' in str(form["n"])


def test_fields_of_two_forms_are_apart():
    class Named(forms.Form):
        name = forms.CharField()

    one, two = Named(), Named()
    one.fields["name"].widget.attrs["class"] = "special"
    one.fields["name"].validators.append(print)
    assert two.fields["name"].widget.attrs == {}
    assert print not in two.fields["name"].validators


def test_steps_are_counted_from_the_least_value():
    field = forms.DecimalField(step_size=Decimal("0.3"), min_value=Decimal("-0.4"))
    assert field.clean("0.2") == Decimal("0.2")
    assert "starting from -0.4" in messages(field, "1")[0]


def test_uuid_field_takes_uuids():
    value = uuid.uuid4()
    assert forms.UUIDField().clean(value) == value
