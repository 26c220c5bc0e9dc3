"""Decorators leave a function the type it has."""

from __future__ import annotations

from typing import Any, assert_type

from blog import Post

from nuages import template
from nuages.contrib.auth.decorators import login_required, permission_required, user_passes_test
from nuages.core.checks import register as register_check
from nuages.db import transaction
from nuages.db.models.signals import post_save
from nuages.dispatch import Signal, receiver
from nuages.http import HttpRequest, HttpResponse
from nuages.utils.decorators import method_decorator
from nuages.utils.functional import cached_property
from nuages.views.decorators.cache import cache_control, never_cache
from nuages.views.decorators.csrf import csrf_exempt
from nuages.views.decorators.http import require_GET, require_http_methods
from nuages.views.generic import TemplateView

register = template.Library()
done = Signal()


@register.filter
def shout(text: str) -> str:
    return text.upper()


@register.filter(name="whisper", is_safe=True)
def lower(text: str) -> str:
    return text.lower()


@register.simple_tag
def three() -> int:
    return 3


@register.simple_tag(takes_context=True)
def four(context: dict[str, Any]) -> int:
    return len(context)


@register.inclusion_tag("box.html")
def box(text: str) -> dict[str, str]:
    return {"text": text}


@login_required
@never_cache
@csrf_exempt
@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse("x")


@permission_required("blog.add_post", raise_exception=True)
@user_passes_test(lambda user: bool(user.is_staff))
@require_http_methods(["GET", "POST"])
@cache_control(max_age=3)
def other(request: HttpRequest, pk: int) -> HttpResponse:
    return HttpResponse(str(pk))


@method_decorator(never_cache, name="dispatch")
class Page(TemplateView):
    template_name = "page.html"

    @cached_property
    def size(self) -> int:
        return 3


@receiver(post_save, sender=Post)
def saved(sender: type[Post], instance: Post, **kwargs: Any) -> None:
    print(instance.title)


@receiver([post_save, done])
def either(**kwargs: Any) -> None: ...


@transaction.atomic
def whole(number: int) -> int:
    with transaction.atomic(using="other", savepoint=False):
        return number


@transaction.atomic(durable=True)
def durable(number: int) -> str:
    return str(number)


@register_check("blog")
def check(app_configs: Any, **kwargs: Any) -> list[Any]:
    return []


def types(request: HttpRequest) -> None:
    assert_type(shout("x"), str)
    assert_type(lower("x"), str)
    assert_type(three(), int)
    assert_type(four({}), int)
    assert_type(box("x"), dict[str, str])
    assert_type(page(request), HttpResponse)
    assert_type(other(request, 1), HttpResponse)
    assert_type(Page().size, int)
    assert_type(whole(1), int)
    assert_type(durable(1), str)
    page("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
