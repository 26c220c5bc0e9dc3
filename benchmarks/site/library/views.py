"""The pages that are measured, and those that they link to."""

from django.contrib.auth import logout
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from library.models import Book


def newest():
    """Return the 20 newest books, with those who made them."""
    return Book.objects.select_related("author", "publisher").order_by("-published", "-id")[:20]


def page(request):
    """The page, plain."""
    return render(request, "library/newest.html", {"user": request.user, "books": newest()})


async def apage(request):
    """The page, asynchronous, as one writes it for Django."""
    user = await request.auser()
    books = [book async for book in newest()]
    return render(request, "library/newest.html", {"user": user, "books": books})


def data(request):
    """The list, as JSON."""
    books = [
        {
            "title": book.title,
            "slug": book.slug,
            "author": {"name": book.author.name, "country": book.author.country},
            "publisher": {"name": book.publisher.name, "city": book.publisher.city},
            "published": book.published,
            "pages": book.pages,
            "available": book.available,
        }
        for book in newest()
    ]
    return JsonResponse({"books": books})


def trivial(request):
    """Next to nothing."""
    return HttpResponse("ok")


def book(request, slug):
    """One book."""
    return render(request, "library/book.html", {"book": get_object_or_404(Book, slug=slug)})


@require_POST
def leave(request):
    """Log out."""
    logout(request)
    return redirect("page")
