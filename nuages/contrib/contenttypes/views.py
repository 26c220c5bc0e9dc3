"""`shortcut`, which leads to an object's own page from its content type and key."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nuages.apps import apps
from nuages.contrib.contenttypes.models import ContentType
from nuages.contrib.sites.requests import RequestSite
from nuages.contrib.sites.shortcuts import get_current_site
from nuages.core.exceptions import ObjectDoesNotExist, ValidationError
from nuages.http import Http404, HttpResponseRedirect
from nuages.utils.translation import gettext as _


def shortcut(request: Any, content_type_id: Any, object_id: Any) -> HttpResponseRedirect:
    """Redirect to an object's page, on the site that the object belongs to."""
    obj = _object(content_type_id, object_id)
    # Asked for before it is called, so that an AttributeError inside it is not taken for its absence.
    get_absolute_url = getattr(obj, "get_absolute_url", None)
    if get_absolute_url is None:
        name = obj._meta.verbose_name
        raise Http404(_("%(ct_name)s objects don’t have a get_absolute_url() method") % {"ct_name": name})
    url = get_absolute_url()
    if url.startswith(("http://", "https://", "//")):
        return HttpResponseRedirect(url)
    domain = _domain(request, obj)
    return HttpResponseRedirect(f"{request.scheme}://{domain}{url}" if domain else url)


def _object(content_type_id: Any, object_id: Any) -> Any:
    names = {"ct_id": content_type_id, "obj_id": object_id}
    try:
        kind = ContentType.objects.get(pk=content_type_id)
        if kind.model_class() is None:
            raise Http404(_("Content type %(ct_id)s object has no associated model") % names)
        return kind.get_object_for_this_type(pk=object_id)
    except (ObjectDoesNotExist, ValueError, ValidationError):
        raise Http404(_("Content type %(ct_id)s object %(obj_id)s doesn’t exist") % names) from None


def _domain(request: Any, obj: Any) -> str | None:
    """The domain to send the visitor to: this one where the object is on it too, else one of the object's."""
    try:
        here: str | None = get_current_site(request).domain
    except ObjectDoesNotExist:
        here = None
    if not apps.is_installed("nuages.contrib.sites"):
        return here or RequestSite(request).domain
    domains = list(_sites_of(obj))
    if not domains or here in domains:
        return here
    return domains[0]


def _sites_of(obj: Any) -> Iterator[str]:
    """The domains of the sites an object points at."""
    Site = apps.get_model("sites.Site")
    options = obj._meta
    for field in options.many_to_many:
        if field.remote_field.model is Site:
            yield from (site.domain for site in getattr(obj, field.name).all())
            return
    for field in options.fields:
        if field.remote_field and field.remote_field.model is Site:
            site = getattr(obj, field.name)
            if site is not None:
                yield site.domain
                return
