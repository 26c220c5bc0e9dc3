"""The view of flat pages."""

from __future__ import annotations

from typing import Any

from nuages.conf import settings
from nuages.contrib.flatpages.models import FlatPage
from nuages.contrib.sites.shortcuts import get_current_site
from nuages.http import Http404, HttpResponse, HttpResponsePermanentRedirect
from nuages.template import loader
from nuages.utils.safestring import mark_safe
from nuages.views.decorators.csrf import csrf_protect

DEFAULT_TEMPLATE = "flatpages/default.html"


def flatpage(request: Any, url: str) -> Any:
    """Show the page at `url`, or lead to the address with a slash behind it where the page is there.

    Not protected from forged requests itself, as the middleware calls it for every missing page; what renders is.
    """
    url = f"/{url.lstrip('/')}"
    pages = FlatPage.objects.filter(sites=get_current_site(request).pk)
    page = pages.filter(url=url).first()
    if page is not None:
        return render_flatpage(request, page)
    if settings.APPEND_SLASH and not url.endswith("/") and pages.filter(url=f"{url}/").exists():
        return HttpResponsePermanentRedirect(f"{request.path}/")
    raise Http404("No FlatPage matches the given query.")


@csrf_protect
def render_flatpage(request: Any, f: Any) -> Any:
    """Show a page; some only to users who are logged in."""
    if f.registration_required and not request.user.is_authenticated:
        from nuages.contrib.auth.redirects import redirect_to_login

        return redirect_to_login(request.path)
    names = [f.template_name, DEFAULT_TEMPLATE] if f.template_name else [DEFAULT_TEMPLATE]
    # Both are HTML that somebody trusted wrote.
    f.title, f.content = mark_safe(f.title), mark_safe(f.content)
    return HttpResponse(loader.select_template(names).render({"flatpage": f}, request))
