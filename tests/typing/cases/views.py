"""Views: requests, shortcuts, pages of lists, generic views."""

from __future__ import annotations

from typing import Any, assert_type

from blog import Author, Post

from nuages import forms
from nuages.core.paginator import Page, Paginator
from nuages.db.models import QuerySet
from nuages.http import HttpRequest, HttpResponse
from nuages.shortcuts import aget_object_or_404, get_list_or_404, get_object_or_404, render
from nuages.urls import path
from nuages.views.generic import CreateView, DetailView, FormView, ListView


class PostForm(forms.ModelForm):
    class Meta:
        model = Post
        fields = ["title"]


class Posts(ListView[Post]):
    model = Post
    paginate_by = 10

    def get_queryset(self) -> QuerySet[Post]:
        posts = super().get_queryset()
        assert_type(posts, QuerySet[Post])
        return posts.filter(author__name=self.kwargs["name"])


class OnePost(DetailView[Post]):
    queryset = Post.objects.select_related("author")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assert_type(self.object.title, str)
        return super().get_context_data(**kwargs, title=self.object.title.upper())


class NewPost(CreateView[Post, PostForm]):
    form_class = PostForm

    def form_valid(self, form: PostForm) -> HttpResponse:
        form.instance.author = get_object_or_404(Author, user=self.request.user)
        return super().form_valid(form)


class Anything(FormView):
    form_class = PostForm


urls = [path("", Posts.as_view()), path("<int:pk>/", OnePost.as_view(), name="post")]


class Authenticated(HttpRequest):
    user: Author


def page(request: HttpRequest) -> HttpResponse:
    post = get_object_or_404(Post.objects.filter(), pk=request.GET.get("pk"))
    assert_type(post, Post)
    assert_type(get_object_or_404(Author(name="x").post_set, pk=1), Post)
    assert_type(get_list_or_404(Post, author=request.user), list[Post])
    pages = Paginator(Post.objects.order_by("id"), per_page=10)
    assert_type(pages, Paginator[Post])
    assert_type(pages.get_page(request.GET.get("page")), Page[Post])
    assert_type(pages.page(1)[0].title, str)
    assert_type([one.title for one in pages.page(1)], list[str])
    assert_type(Paginator(["a", "b"], 1).page(1)[0], str)
    return render(request, "page.html", {"post": post})


async def awaited(request: Authenticated) -> None:
    assert_type(await aget_object_or_404(Post, pk=1), Post)
    assert_type(request.user.name, str)
