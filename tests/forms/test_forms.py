from __future__ import annotations

import copy
import json
import pickle

import pytest

from nuages import forms
from nuages.core.exceptions import NON_FIELD_ERRORS, ValidationError
from nuages.forms.renderers import DjangoTemplates
from nuages.forms.utils import ErrorDict, ErrorList, flatatt


class Contact(forms.Form):
    subject = forms.CharField(max_length=100, help_text="Be <b>brief</b>.")
    sender = forms.EmailField()
    copies = forms.BooleanField(required=False)
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    error_css_class = "error"
    required_css_class = "required"

    def clean_subject(self):
        subject = self.cleaned_data["subject"]
        if "spam" in subject:
            raise ValidationError("No %(what)s.", code="spam", params={"what": "spam"})
        return subject.upper()

    def clean(self):
        if self.cleaned_data.get("subject") == self.cleaned_data.get("sender"):
            raise ValidationError("Say something.", code="same")


GOOD = {"subject": "hi", "sender": "a@example.com", "copies": "on"}


def test_clean_data_is_what_the_form_says_it_is():
    form = Contact(GOOD)
    assert form.is_valid()
    assert form.cleaned_data == {"subject": "HI", "sender": "a@example.com", "copies": True, "token": ""}


def test_errors_are_messages_with_their_errors_behind():
    form = Contact({"subject": "spam"})
    assert form.errors == {"subject": ["No spam."], "sender": ["This field is required."]} | {
        NON_FIELD_ERRORS: ["Say something."]
    }
    assert form.errors.as_data()["subject"][0].code == "spam"
    assert form.has_error("subject", "spam") and not form.has_error("subject", "other")
    assert form.has_error(NON_FIELD_ERRORS, code="same")
    assert json.loads(form.errors.as_json())["sender"] == [
        {"message": "This field is required.", "code": "required"}
    ]
    assert form.cleaned_data == {"copies": False, "token": ""}


def test_an_unbound_form_is_neither_valid_nor_wrong():
    form = Contact()
    assert not form.is_valid() and form.errors == {}
    assert repr(form) == "<Contact bound=False, valid=False, fields=(subject;sender;copies;token)>"


def test_validation_may_be_async():
    class Asking(forms.Form):
        name = forms.CharField()

        async def clean_name(self):
            return self.cleaned_data["name"] + "!"

        async def clean(self):
            return {"whole": self.cleaned_data["name"]}

    form = Asking({"name": "Django"})
    assert form.is_valid()
    assert form.cleaned_data == {"whole": "Django!"}


def test_add_error_takes_dictionaries_for_the_whole_form_only():
    form = Contact(GOOD)
    form.add_error(None, {"subject": ["a", "b"], "sender": "c"})
    assert form.errors == {"subject": ["a", "b"], "sender": ["c"]}
    assert "subject" not in form.cleaned_data
    with pytest.raises(TypeError, match="must be `None`"):
        form.add_error("subject", {"sender": "x"})
    with pytest.raises(ValueError, match="'Contact' has no field named 'nope'"):
        form.add_error("nope", "x")


def test_unknown_fields_are_named_with_the_known_ones():
    with pytest.raises(
        KeyError, match=r"Key 'nope' not found in 'Contact'. Choices are: copies, sender, subject, token"
    ):
        Contact()["nope"]


def test_fields_are_inherited_in_order_and_taken_out_by_none():
    class More(Contact):
        subject = None
        extra = forms.CharField()

    assert list(More.base_fields) == ["sender", "copies", "token", "extra"]
    assert list(More(field_order=["extra", "unknown", "token"]).fields) == [
        "extra",
        "token",
        "sender",
        "copies",
    ]


def test_a_plain_mixin_may_not_hide_fields_but_may_remove_them():
    class Without:
        copies = None

    class Less(Without, Contact):
        pass

    assert "copies" not in Less.base_fields


def test_the_hidden_initial_value_is_described_as_its_field_is():
    class Note(forms.Form):
        text = forms.CharField(initial="a", help_text="Short.", show_hidden_initial=True)
        token = forms.CharField(help_text="None.", widget=forms.HiddenInput)

    form = Note({"initial-text": "a"})
    assert form["text"].as_hidden(only_initial=True) == (
        '<input type="hidden" name="initial-text" value="a" '
        'aria-describedby="id_text_helptext id_text_error" id="initial-id_text">'
    )
    assert "aria" not in str(form["token"])


def test_the_default_rendering():
    html = str(Contact({"subject": "", "sender": "x"}, auto_id="id_%s"))
    assert html.split("\n")[1] == (
        '<div class="error required"><label for="id_subject" class="required">Subject:</label>'
    )
    assert (
        '<div class="helptext" id="id_subject_helptext">Be <b>brief</b>.</div>'
        '<ul class="errorlist" id="id_subject_error"><li>This field is required.</li></ul>'
        '<input type="text" name="subject" maxlength="100" required aria-invalid="true" '
        'aria-describedby="id_subject_helptext id_subject_error" id="id_subject">'
    ) in html
    assert html.index("nonfield") < html.index("id_subject")
    assert '<input type="hidden" name="token" id="id_token"></div>' in html


@pytest.mark.parametrize(("style", "tag"), [("p", "<p"), ("ul", "<li"), ("table", "<tr")])
def test_every_style_shows_every_field(style, tag):
    html = getattr(Contact(), f"as_{style}")()
    assert html.count(tag) == 3
    assert html.count("<input") == 4


def test_what_was_typed_is_escaped():
    form = Contact({"subject": '"><script>', "sender": "<b>"})
    assert "<script>" not in str(form) and '<b>"' not in str(form)
    assert 'value="&quot;&gt;&lt;script&gt;"' in str(form["subject"])


def test_prefix_and_ids():
    form = Contact({"a-subject": "x"}, prefix="a", auto_id="f_%s")
    assert form["subject"].data == "x"
    assert form["subject"].auto_id == "f_a-subject"
    assert form["subject"].label_tag() == '<label for="f_a-subject" class="required">Subject:</label>'
    assert Contact(auto_id=False)["subject"].label_tag(label_suffix="") == "Subject"


def test_disabled_fields_keep_their_initial_value():
    class Fixed(forms.Form):
        price = forms.IntegerField(disabled=True, initial=5)

    form = Fixed({"price": "1"})
    assert form.is_valid() and form.cleaned_data == {"price": 5}
    assert not form.has_changed()
    assert " disabled" in str(form["price"])


def test_initial_values_come_from_the_form_then_the_field_and_are_asked_once():
    calls = []

    class Counting(forms.Form):
        number = forms.IntegerField(initial=lambda: calls.append(1) or len(calls))

    bound = Counting()["number"]
    assert (bound.initial, bound.initial) == (1, 1)
    assert Counting(initial={"number": 9})["number"].value() == 9


def test_changes_may_be_told_from_a_hidden_copy():
    class Shown(forms.Form):
        name = forms.CharField(initial="a", show_hidden_initial=True)

    assert str(Shown()["name"]).count("<input") == 2
    assert Shown({"name": "b", "initial-name": "b"}).changed_data == []
    assert Shown({"name": "b", "initial-name": "a"}).changed_data == ["name"]


def test_radio_buttons_can_be_laid_out_by_hand():
    class Picking(forms.Form):
        one = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)

    first, _second = Picking({"one": "a"})["one"]
    assert first.tag() == '<input type="radio" name="one" value="a" id="id_one_0" required checked>'
    assert str(first) == f'<label for="id_one_0">{first.tag()} A</label>'
    assert (first.choice_label, first.id_for_label) == ("A", "id_one_0")
    assert str(Picking()).startswith("<div><fieldset><legend>One:</legend>")


class Wide(forms.BoundField):
    def css_classes(self, extra_classes=None):
        return f"wide {super().css_classes(extra_classes)}".strip()


def test_the_bound_field_class_is_chosen_by_field_form_and_renderer():
    class Renderer(DjangoTemplates):
        bound_field_class = Wide

    class Plain(forms.BoundField):
        pass

    class Two(forms.Form):
        one = forms.CharField()
        two = forms.CharField(bound_field_class=Plain)

    form = Two(renderer=Renderer())
    assert type(form["one"]) is Wide and type(form["two"]) is Plain
    assert type(Two(bound_field_class=Plain)["one"]) is Plain
    assert '<div class="wide">' in str(form)


def test_error_lists_read_as_messages_and_copy_with_all_they_know():
    errors = ErrorList(
        [ValidationError("no %(n)s", params={"n": 1}, code="x")], error_class="big", field_id="f"
    )
    assert errors == ["no 1"] and errors[0] == "no 1" and "no 1" in errors and errors != ["other"]
    for twin in (copy.copy(errors), copy.deepcopy(errors), errors.copy()):
        assert twin == errors and twin.as_data()[0].code == "x" and twin.error_class == "errorlist big"
    assert pickle.loads(pickle.dumps(errors)) == errors
    assert str(errors) == '<ul class="errorlist big" id="f_error"><li>no 1</li></ul>'
    assert errors.as_text() == "* no 1"
    assert str(ErrorList()) == ""
    assert json.dumps(ErrorDict(a=errors)) == '{"a": ["no 1"]}'


def test_flatatt_sorts_escapes_and_knows_booleans():
    assert flatatt({"id": "<", "checked": True, "x": False, "y": None, "class": "a"}) == (
        ' class="a" id="&lt;" checked'
    )


def test_refused_at_the_door():
    with pytest.raises(ValueError, match="may not both be True"):
        Contact(empty_permitted=True, use_required_attribute=True)
