from __future__ import annotations

import datetime

import pytest

from nuages import forms
from nuages.core.exceptions import NON_FIELD_ERRORS, FieldError, ImproperlyConfigured
from nuages.forms.models import fields_for_model, inlineformset_factory, model_to_dict, modelform_factory
from tests.forms.library.models import Author, Book

pytestmark = pytest.mark.usefixtures("library")


class AuthorForm(forms.ModelForm):
    class Meta:
        model = Author
        fields = ["name", "friends"]
        labels = {"name": "Called"}
        error_messages = {"name": {"unique": "Taken."}}


class BookForm(forms.ModelForm):
    class Meta:
        model = Book
        fields = ["title", "pages", "published", "author"]
        error_messages = {NON_FIELD_ERRORS: {"unique_together": "Once per author."}}


def test_meta_says_which_fields_there_are_and_how_they_look():
    assert list(BookForm.base_fields) == ["title", "pages", "published", "author"]
    assert AuthorForm()["name"].label == "Called"
    assert str(AuthorForm()["name"]).startswith('<input type="text" name="name" maxlength="20" required')


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({}, ImproperlyConfigured, "without either the 'fields' attribute or the 'exclude' attribute"),
        ({"fields": "title"}, TypeError, r"Did you mean to type: \('title',\)\?"),
        ({"fields": ["titel"]}, FieldError, r"Unknown field\(s\) \(titel\) specified for Book"),
    ],
)
def test_refused_at_the_door(options, error, words):
    with pytest.raises(error, match=words):
        type(forms.ModelForm)(
            "Form", (forms.ModelForm,), {"Meta": type("Meta", (), {"model": Book, **options})}
        )


def test_declared_fields_win_and_generated_ones_follow():
    class Shorter(BookForm):
        title = forms.CharField(max_length=3)

        class Meta(BookForm.Meta):
            exclude = ["pages"]

    assert list(Shorter.base_fields) == ["title", "published", "author"]
    assert Shorter.base_fields["title"].max_length == 3


def test_saving_makes_or_changes_an_object_with_its_relations():
    ada = Author.objects.create(name="Ada")
    form = AuthorForm({"name": "Bob", "friends": [ada.pk]})
    bob = form.save()
    assert list(bob.friends.all()) == [ada]
    form = AuthorForm({"name": "Bert", "friends": []}, instance=bob)
    assert form.initial["friends"] == [ada] and form.changed_data == ["name", "friends"]
    form.save()
    assert Author.objects.get(pk=bob.pk).name == "Bert" and not bob.friends.exists()


def test_relations_wait_for_an_object_that_is_saved_later():
    ada = Author.objects.create(name="Ada")
    form = AuthorForm({"name": "Bob", "friends": [ada.pk]})
    bob = form.save(commit=False)
    assert bob.pk is None
    bob.save()
    form.save_m2m()
    assert list(bob.friends.all()) == [ada]


def test_the_model_has_its_say_and_the_form_the_words():
    ada = Author.objects.create(name="Ada")
    assert AuthorForm({"name": "Ada"}).errors == {"name": ["Taken."]}
    assert BookForm({"title": "LOUD", "pages": "1", "author": ada.pk}).errors == {"title": ["Do not shout."]}
    Book.objects.create(title="One", author=ada)
    form = BookForm({"title": "One", "pages": "1", "author": ada.pk})
    assert list(form.errors) == [NON_FIELD_ERRORS]
    with pytest.raises(ValueError, match="The Book could not be created because the data didn't validate"):
        form.save()


def test_a_clean_method_without_super_leaves_unique_checks_out():
    class Careless(AuthorForm):
        def clean(self):
            return None

    Author.objects.create(name="Ada")
    assert Careless({"name": "Ada"}).is_valid()


def test_what_was_not_sent_gets_the_model_s_default():
    class Optional(BookForm):
        pages = forms.IntegerField(required=False)

    ada = Author.objects.create(name="Ada")
    assert Optional({"title": "A b", "author": ada.pk}).save().pages == 100
    form = Optional({"title": "B c", "author": ada.pk, "pages": "7"})
    assert form.save().pages == 7


def test_choices_are_the_objects_there_are_now():
    field = forms.ModelChoiceField(Author.objects.all())
    assert len(field.choices) == 1
    ada = Author.objects.create(name="Ada")
    assert [label for _value, label in field.choices][1:] == ["Ada"]
    assert field.clean(str(ada.pk)) == field.clean(ada) == ada
    for wrong in ("0", "x", [["y"]], "\x00"):
        with pytest.raises(forms.ValidationError):
            field.clean(wrong)


def test_several_objects_come_back_as_a_queryset():
    ada, bob = (Author.objects.create(name=name) for name in ("Ada", "Bob"))
    field = forms.ModelMultipleChoiceField(Author.objects.all(), to_field_name="name")
    assert list(field.clean(["Ada", "Bob"])) == [ada, bob]
    with pytest.raises(forms.ValidationError, match="Eve is not one of the available choices"):
        field.clean(["Ada", "Eve"])
    assert not field.has_changed([ada, bob], ["Bob", "Ada"])


def test_limited_choices_do_not_repeat():
    ada, bob, eve = (Author.objects.create(name=name) for name in ("Ada", "Bob", "Eve"))
    ada.friends.add(bob, eve)
    field = forms.ModelChoiceField(
        Author.objects.all(), limit_choices_to={"friends__name__in": ["Bob", "Eve"]}
    )

    class Picking(forms.ModelForm):
        friend = field

        class Meta:
            model = Author
            fields = []

    assert list(Picking().fields["friend"].queryset) == [ada]


def test_an_object_as_initial_data():
    ada = Author.objects.create(name="Ada", slug="ada")
    assert model_to_dict(ada, exclude=["friends"]) == {"id": ada.pk, "name": "Ada", "slug": "ada"}
    assert list(fields_for_model(Author, fields=["slug", "name"])) == ["slug", "name"]


def test_objects_are_edited_made_and_deleted_together():
    ada = Author.objects.create(name="Ada")
    one, two = (Book.objects.create(title=title, author=ada) for title in ("One", "Two"))
    made = inlineformset_factory(Author, Book, fields=["title"], extra=1)
    sent = {
        "book_set-TOTAL_FORMS": "3",
        "book_set-INITIAL_FORMS": "2",
        "book_set-0-id": one.pk,
        "book_set-0-title": "First",
        "book_set-1-id": two.pk,
        "book_set-1-title": "Two",
        "book_set-1-DELETE": "on",
        "book_set-2-title": "Third",
    }
    formset = made(sent, instance=ada)
    assert formset.is_valid(), formset.errors
    assert [book.title for book in formset.save()] == ["First", "Third"]
    assert formset.changed_objects == [(one, ["title"])]
    assert [book.title for book in formset.deleted_objects] == ["Two"]
    assert sorted(ada.book_set.values_list("title", flat=True)) == ["First", "Third"]


def test_a_forged_key_changes_nothing():
    ada, bob = (Author.objects.create(name=name) for name in ("Ada", "Bob"))
    book = Book.objects.create(title="Mine", author=bob)
    made = inlineformset_factory(Author, Book, fields=["title"])
    sent = {
        "book_set-TOTAL_FORMS": "1",
        "book_set-INITIAL_FORMS": "1",
        "book_set-0-id": book.pk,
        "book_set-0-title": "Yours",
        "book_set-0-DELETE": "on",
    }
    formset = made(sent, instance=ada)
    formset.is_valid()
    formset.save()
    assert [(one.title, one.author) for one in Book.objects.all()] == [("Mine", bob)]


def test_two_forms_may_not_make_the_same_object():
    made = forms.modelformset_factory(Author, fields=["name"], extra=2)
    sent = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0", "form-0-name": "Ada", "form-1-name": "Ada"}
    formset = made(sent)
    assert formset.errors == [{}, {NON_FIELD_ERRORS: ["Please correct the duplicate values below."]}]
    assert formset.non_form_errors() == ["Please correct the duplicate data for name."]


def test_objects_are_shown_in_one_order_even_where_names_repeat():
    made = forms.modelformset_factory(Book, fields=["title"])
    assert made().get_queryset().query.order_by == ("published", "pk")


def test_a_factory_needs_to_know_the_fields():
    for factory in (modelform_factory, forms.modelformset_factory):
        with pytest.raises(ImproperlyConfigured, match="without defining 'fields' or 'exclude' explicitly"):
            factory(Book)


def test_dates_travel_through_a_form():
    ada = Author.objects.create(name="Ada")
    sent = {"title": "Dated", "pages": "1", "author": ada.pk, "published": "2026-01-02"}
    assert BookForm(sent).save().published == datetime.date(2026, 1, 2)


def test_form_sets_of_plain_forms_are_imported_from_beside_those_of_models_too() -> None:
    from nuages.forms import formsets, models

    assert models.formset_factory is formsets.formset_factory
    assert models.BaseFormSet is formsets.BaseFormSet
