"""The default renderer's Python against the template files that every other renderer reads."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages import forms
from nuages.forms.markup import BUILT_IN
from nuages.forms.renderers import DjangoTemplates
from nuages.utils.safestring import mark_safe


class FromFiles(DjangoTemplates):
    """The default renderer, made to read its templates."""

    def get_template(self, template_name):
        return super().get_template(template_name)


class File:
    url = "/a?b&c"


CHOICES = [("", "-"), ("Group <1>", [(1, "One & a half"), (2, mark_safe("<b>Two</b>"))]), (True, 3)]


class Everything(forms.Form):
    required_css_class = "required"
    error_css_class = "error"

    text = forms.CharField(
        help_text="<i>Some</i> help", widget=forms.TextInput({"data-x": '"', "readonly": True})
    )
    area = forms.CharField(widget=forms.Textarea, initial="\n<x>")
    check = forms.BooleanField(initial=True, label="")
    one = forms.ChoiceField(choices=CHOICES)
    many = forms.MultipleChoiceField(
        choices=CHOICES, widget=forms.CheckboxSelectMultiple({"class": "c"}), help_text="h"
    )
    radio = forms.ChoiceField(choices=CHOICES, widget=forms.RadioSelect, initial=1)
    moment = forms.SplitDateTimeField(initial=datetime.datetime(2026, 1, 2, 3, 4))
    day = forms.DateField(widget=forms.SelectDateWidget(years=[2026]), required=False)
    file = forms.FileField(initial=File(), required=False)
    secret = forms.CharField(widget=forms.HiddenInput, required=False)
    several = forms.MultipleChoiceField(choices=CHOICES, widget=forms.MultipleHiddenInput, initial=[1, 2])


def test_only_the_untouched_renderer_uses_the_shortcut():
    assert DjangoTemplates._finds_built_in
    assert not FromFiles._finds_built_in


@pytest.mark.parametrize("data", [None, {}, {"text": "<&'\">", "one": "1", "many": ["2"], "secret": "x"}])
@pytest.mark.parametrize("style", ["div", "p", "table", "ul"])
def test_a_form_of_every_widget_looks_the_same(data, style):
    fast, slow = (
        getattr(Everything(data, renderer=kind()), f"as_{style}")() for kind in (DjangoTemplates, FromFiles)
    )
    assert fast == slow


def test_hidden_fields_alone_look_the_same():
    class Hidden(forms.Form):
        token = forms.IntegerField(widget=forms.HiddenInput)

    for data in (None, {"token": "x"}):
        assert str(Hidden(data)) == str(Hidden(data, renderer=FromFiles()))


values = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.text().map(mark_safe), st.dates()
)


@given(values, st.dictionaries(st.text(min_size=1), values, max_size=4))
def test_any_value_and_attribute_is_written_as_the_file_writes_it(value, attrs):
    widget = {"type": "text", "name": "n", "value": value, "label": value, "attrs": attrs, "wrap_label": True}
    for name in ("input", "textarea", "select_option", "input_option"):
        path = f"django/forms/widgets/{name}.html"
        context = {"widget": widget}
        fast = BUILT_IN[path](context, DjangoTemplates()._include)
        assert fast == DjangoTemplates().get_template(path).render(context)


def test_every_shortcut_has_its_file():
    for path in BUILT_IN:
        DjangoTemplates().get_template(path)
