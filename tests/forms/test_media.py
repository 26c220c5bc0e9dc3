from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuages import forms
from nuages.forms import Media, Script, Stylesheet
from nuages.forms.widgets import MediaOrderConflictWarning
from nuages.utils.safestring import mark_safe


class Calendar(forms.TextInput):
    class Media:
        css = {"all": ["pretty.css"]}
        js = ["animations.js", "/actions.js"]


def test_a_declaration_becomes_tags():
    assert str(Calendar().media) == (
        '<link href="/static/pretty.css" media="all" rel="stylesheet">\n'
        '<script src="/static/animations.js"></script>\n'
        '<script src="/actions.js"></script>'
    )
    assert str(Calendar().media["js"]).count("script") == 4


def test_subclasses_add_unless_they_say_otherwise():
    class Fancy(Calendar):
        class Media:
            js = ["fancy.js"]

    class Alone(Calendar):
        class Media:
            extend = False
            js = ["alone.js"]

    class Styled(Calendar):
        class Media:
            extend = ("css",)
            js = ["styled.js"]

    assert Fancy().media._js == ["animations.js", "fancy.js", "/actions.js"]
    assert (Alone().media._js, Alone().media._css) == (["alone.js"], {})
    assert (Styled().media._js, Styled().media._css) == (["styled.js"], {"all": ["pretty.css"]})


def test_a_plain_mixin_may_declare_assets():
    class Mixin:
        class Media:
            js = ["mixin.js"]

    class Mixed(Mixin, Calendar):
        pass

    assert Mixed().media._js == ["animations.js", "mixin.js", "/actions.js"]


def test_a_form_has_the_assets_of_its_widgets_and_its_own():
    class Dated(forms.Form):
        date = forms.DateField(widget=Calendar)

        class Media:
            js = ["form.js"]

    assert Dated().media._js == ["animations.js", "form.js", "/actions.js"]


@given(st.lists(st.lists(st.integers(0, 9), unique=True).map(sorted), max_size=5))
def test_merging_keeps_every_list_s_order(lists):
    merged = Media.merge(*lists)
    assert sorted(merged) == sorted(set().union(*lists))
    for one in lists:
        assert [item for item in merged if item in one] == one


def test_three_lists_know_more_than_two():
    merged = Media(js=["a"]) + Media(js=["b"]) + Media(js=["b", "x", "a"])
    assert merged._js == ["b", "x", "a"]


def test_lists_that_disagree_are_warned_about():
    with pytest.warns(MediaOrderConflictWarning, match=r"opposite order: \[1, 2\], \[2, 1\]"):
        assert Media.merge([1, 2], [2, 1]) == [1, 2]


def test_assets_with_attributes_and_ready_made_tags():
    media = Media(
        css={"all": [Stylesheet("/p.css", media="print")]},
        js=[Script("/a.js", defer=True), mark_safe("<script>x</script>"), "/a.js"],
    )
    assert str(media) == (
        '<link href="/p.css" media="print" rel="stylesheet">\n'
        '<script src="/a.js" defer></script>\n<script>x</script>\n<script src="/a.js"></script>'
    )
    with pytest.raises(ValueError, match="Script has conflicting attributes: defer"):
        media.render(attrs={"defer": False})


def test_attributes_are_escaped():
    assert 'data-x="&quot;&gt;"' in str(Script("/a.js", **{"data-x": '">'}))
