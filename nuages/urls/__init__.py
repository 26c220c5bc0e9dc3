"""Which view answers which path, and the way back (topics/http/urls)."""

from __future__ import annotations

from nuages.urls.base import (
    clear_script_prefix,
    clear_url_caches,
    get_script_prefix,
    get_urlconf,
    is_valid_path,
    resolve,
    reverse,
    reverse_lazy,
    set_script_prefix,
    set_urlconf,
    translate_url,
)
from nuages.urls.conf import include, path, re_path
from nuages.urls.converters import register_converter
from nuages.urls.exceptions import NoReverseMatch, Resolver404
from nuages.urls.resolvers import (
    LocalePrefixPattern,
    ResolverMatch,
    URLPattern,
    URLResolver,
    get_resolver,
)
from nuages.urls.utils import get_callable, get_mod_func

__all__ = ["NoReverseMatch", "Resolver404", "ResolverMatch", "get_resolver", "is_valid_path", "resolve"]
__all__ += ["include", "path", "re_path", "register_converter"]
__all__ += ["LocalePrefixPattern", "URLPattern", "URLResolver"]
__all__ += ["clear_url_caches", "get_callable", "get_mod_func", "reverse", "reverse_lazy", "translate_url"]
__all__ += ["clear_script_prefix", "get_script_prefix", "get_urlconf", "set_script_prefix", "set_urlconf"]
