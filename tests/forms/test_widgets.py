from __future__ import annotations

import copy
import datetime

import pytest

from nuages import forms
from nuages.forms.renderers import DjangoTemplates, TemplatesSetting
from nuages.utils.datastructures import MultiValueDict
from nuages.utils.safestring import SafeString


def test_attributes_are_written_as_html_has_them():
    html = forms.TextInput({"size": 10, "required": True, "hidden": False}).render("name", "<&>", {"id": "x"})
    assert html == '<input type="text" name="name" value="&lt;&amp;&gt;" size="10" required id="x">'
    assert isinstance(html, SafeString)


def test_a_type_among_the_attributes_wins():
    assert forms.DateInput({"type": "date"}, format="%Y-%m-%d").render("d", datetime.date(2026, 1, 2)) == (
        '<input type="date" name="d" value="2026-01-02">'
    )


def test_passwords_are_not_sent_back():
    assert "secret" not in forms.PasswordInput().render("p", "secret")
    assert "secret" in forms.PasswordInput(render_value=True).render("p", "secret")


def test_textareas_keep_a_first_empty_line():
    assert (
        forms.Textarea({"rows": 2}).render("t", "\n<x>")
        == '<textarea name="t" cols="40" rows="2">\n\n&lt;x&gt;</textarea>'
    )


@pytest.mark.parametrize(
    ("value", "rest"), [(None, ""), ("", ""), (False, ""), (True, " checked"), (0, ' value="0" checked')]
)
def test_checkboxes_know_booleans_from_values(value, rest):
    assert forms.CheckboxInput().render("c", value) == f'<input type="checkbox" name="c"{rest}>'


def test_checkboxes_are_read():
    read = forms.CheckboxInput().value_from_datadict
    assert [read(data, {}, "c") for data in ({}, {"c": "on"}, {"c": "False"}, {"c": "0"})] == [
        False,
        True,
        False,
        True,
    ]


def test_selects_show_groups_and_one_selection():
    widget = forms.Select(choices=[("", "-"), ("More", [(1, "<One>"), ("1", "Again")])])
    assert widget.render("s", 1) == (
        '<select name="s">\n<option value="">-</option>\n<optgroup label="More">\n'
        '<option value="1" selected>&lt;One&gt;</option>\n<option value="1">Again</option>\n</optgroup>\n</select>'
    )
    assert widget.use_required_attribute(None)
    assert not forms.Select(choices=[("a", "A")]).use_required_attribute(None)


def test_several_values_come_from_form_data_and_plain_dictionaries():
    widget = forms.SelectMultiple(choices=[("a", "A"), ("b", "B")])
    assert widget.value_from_datadict(MultiValueDict({"s": ["a", "b"]}), {}, "s") == ["a", "b"]
    assert widget.value_from_datadict({"s": ["a"]}, {}, "s") == ["a"]
    assert widget.render("s", ["a", "b"]).count("selected") == 2


def test_copies_do_not_share():
    widget = forms.MultiWidget({"x": forms.TextInput({"class": "a"}), "": forms.Select(choices=[("a", "A")])})
    twin = copy.deepcopy(widget)
    twin.widgets[0].attrs["class"] = "b"
    twin.widgets[1].choices.append(("b", "B"))
    assert widget.widgets[0].attrs == {"class": "a"}
    assert list(widget.widgets[1].choices) == [("a", "A")]


def test_parts_are_named_by_their_suffix():
    widget = forms.MultiWidget({"": forms.TextInput, "last": forms.TextInput})
    assert widget.render("n", ["a", "b"], {"id": "i"}) == (
        '<input type="text" name="n" value="a" id="i_0"><input type="text" name="n_last" value="b" id="i_1">'
    )
    assert widget.value_from_datadict({"n": "a"}, {}, "n") == ["a", None]
    assert widget.value_omitted_from_data({}, {}, "n") and not widget.value_omitted_from_data(
        {"n_last": ""}, {}, "n"
    )


class Stored:
    url = "/media/a?b&c"

    def __str__(self):
        return "a<b"


def test_the_present_file_is_linked_and_can_be_cleared():
    html = forms.ClearableFileInput().render("f", Stored())
    assert html == (
        'Currently: <a href="/media/a?b&amp;c">a&lt;b</a>\n<input type="checkbox" name="f-clear" id="f-clear_id">\n'
        '<label for="f-clear_id">Clear</label><br>\nChange: <input type="file" name="f">'
    )
    assert forms.ClearableFileInput().value_from_datadict({"f-clear": "on"}, {}, "f") is False


def test_one_file_is_one_file():
    with pytest.raises(ValueError, match="FileInput doesn't support uploading multiple files"):
        forms.FileInput({"multiple": True})


def test_dates_by_parts_come_back_as_they_were_chosen():
    widget = forms.SelectDateWidget(years=[2026], empty_label=("Y", "M", "D"))
    read = widget.value_from_datadict
    assert read({"d_year": "2026", "d_month": "2", "d_day": "3"}, {}, "d") == "2026-02-03"
    assert read({"d_year": "2026", "d_month": "2", "d_day": "31"}, {}, "d") == "2026-2-31"
    assert read({"d_year": "", "d_month": "", "d_day": ""}, {}, "d") is None
    html = widget.render("d", "2026-2-31")
    assert html.count(" selected") == 3 and html.index("d_month") < html.index("d_day") < html.index("d_year")
    with pytest.raises(ValueError, match="must have 3 elements"):
        forms.SelectDateWidget(empty_label=("a", "b"))


def test_a_required_field_of_an_ancient_date_has_its_year_padded():
    widget = forms.SelectDateWidget(years=["0001"])
    assert (
        widget.value_from_datadict({"d_year": "0001", "d_month": "8", "d_day": "13"}, {}, "d") == "0001-08-13"
    )


def test_built_in_templates_come_first_in_the_default_renderer_only():
    assert DjangoTemplates().get_template("django/forms/widgets/text.html") is not None
    with pytest.raises(Exception, match=r"django/forms/widgets/text.html"):
        TemplatesSetting().get_template("django/forms/widgets/text.html")
