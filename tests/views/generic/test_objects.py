"""List, detail and edit views: what they find, what they refuse, where they go on to."""

from __future__ import annotations

import pytest

from nuages import forms
from nuages.core.exceptions import ImproperlyConfigured
from nuages.http import Http404
from nuages.test import RequestFactory
from nuages.views import generic
from tests.forms.library.models import Author, Book

pytestmark = pytest.mark.usefixtures("library")
factory = RequestFactory()


def view(kind, *, method="get", data=None, **kwargs):
    request = getattr(factory, method)("/", data or {})
    made = kind()
    made.setup(request, **kwargs)
    return made.dispatch(request, **kwargs)


class AuthorDetail(generic.DetailView):
    model = Author


class AuthorList(generic.ListView):
    model = Author
    paginate_by = 2


def authors(*names):
    return [Author.objects.create(name=name, slug=name.lower()) for name in names]


def test_an_object_is_found_by_key_or_slug():
    (ada,) = authors("Ada")
    for kwargs in ({"pk": ada.pk}, {"slug": "ada"}):
        response = view(AuthorDetail, **kwargs)
        assert response.context_data["object"] == response.context_data["author"] == ada
        assert response.template_name == ["library/author_detail.html"]
    with pytest.raises(Http404, match="No author found matching the query"):
        view(AuthorDetail, pk=0)
    with pytest.raises(AttributeError, match="must be called with either an object pk or a slug"):
        view(AuthorDetail)


def test_key_and_slug_can_both_be_asked_for():
    class Both(AuthorDetail):
        query_pk_and_slug = True

    (ada,) = authors("Ada")
    with pytest.raises(Http404):
        view(Both, pk=ada.pk, slug="other")


def test_a_view_needs_to_know_its_objects():
    class Nothing(generic.ListView):
        pass

    with pytest.raises(ImproperlyConfigured, match=r"Nothing is missing a QuerySet. Define Nothing.model"):
        view(Nothing)


def test_lists_come_in_pages():
    ada, bob, eve = authors("Ada", "Bob", "Eve")
    context = view(AuthorList).context_data
    assert list(context["author_list"]) == list(context["object_list"]) == [ada, bob]
    assert context["is_paginated"] and context["paginator"].num_pages == 2
    assert list(view(AuthorList, data={"page": "last"}).context_data["page_obj"]) == [eve]
    with pytest.raises(Http404, match=r"Invalid page \(9\): That page contains no results"):
        view(AuthorList, data={"page": "9"})
    with pytest.raises(Http404, match="Page is not “last”"):
        view(AuthorList, data={"page": "x"})


def test_empty_lists_are_refused_where_they_mean_nothing():
    class Some(AuthorList):
        allow_empty = False

    assert list(view(AuthorList).context_data["object_list"]) == []
    with pytest.raises(Http404, match=r"Empty list and “Some.allow_empty” is False"):
        view(Some)


class AuthorCreate(generic.CreateView):
    model = Author
    fields = ["name"]


def test_creating_goes_on_to_the_object():
    response = view(AuthorCreate, method="post", data={"name": "Ada"})
    assert response.url == Author.objects.get().get_absolute_url()


def test_a_wrong_form_is_shown_again():
    response = view(AuthorCreate, method="post", data={"name": ""})
    assert response.status_code == 200
    assert response.context_data["form"].errors == {"name": ["This field is required."]}
    assert response.template_name == ["library/author_form.html"]


def test_the_success_url_takes_the_object_s_values():
    class Rename(generic.UpdateView):
        model = Author
        fields = ["name"]
        success_url = "/renamed/{name}/"

    (ada,) = authors("Ada")
    assert view(Rename, method="post", data={"name": "Bob"}, pk=ada.pk).url == "/renamed/Bob/"


def test_deleting_asks_first():
    class Confirmed(forms.Form):
        sure = forms.BooleanField()

    class Delete(generic.DeleteView):
        model = Author
        form_class = Confirmed
        success_url = "/gone/{id}/"

    (ada,) = authors("Ada")
    assert view(Delete, pk=ada.pk).template_name == ["library/author_confirm_delete.html"]
    assert view(Delete, method="post", pk=ada.pk).status_code == 200 and Author.objects.exists()
    assert view(Delete, method="post", data={"sure": "on"}, pk=ada.pk).url == f"/gone/{ada.pk}/"
    assert not Author.objects.exists()


def test_forms_and_fields_exclude_each_other():
    class Confused(AuthorCreate):
        form_class = forms.modelform_factory(Author, fields=["slug"])

    with pytest.raises(
        ImproperlyConfigured, match="Specifying both 'fields' and 'form_class' is not permitted"
    ):
        view(Confused)

    class Forgetful(generic.CreateView):
        model = Book

    with pytest.raises(
        ImproperlyConfigured, match=r"\(base class of Forgetful\) without the 'fields' attribute"
    ):
        view(Forgetful)


def test_form_views_process_plain_forms():
    class Ask(generic.FormView):
        class form_class(forms.Form):
            word = forms.CharField()

        success_url = "/thanks/"
        template_name = "ask.html"
        initial = {"word": "please"}

    assert view(Ask).context_data["form"]["word"].value() == "please"
    assert view(Ask, method="post", data={"word": "x"}).url == "/thanks/"


def test_unknown_names_are_no_views():
    with pytest.raises(AttributeError, match="has no attribute 'NopeView'"):
        generic.NopeView  # noqa: B018
