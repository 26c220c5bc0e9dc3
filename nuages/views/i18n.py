"""Choosing a language, and message catalogues for scripts (topics/i18n/translation)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from nuages.apps import apps
from nuages.conf import settings
from nuages.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from nuages.http.cookie import options_in_settings
from nuages.template import Context, Engine
from nuages.urls import translate_url
from nuages.utils.formats import get_format
from nuages.utils.http import url_has_allowed_host_and_scheme
from nuages.utils.translation import check_for_language, get_language, to_locale
from nuages.views.base import View

LANGUAGE_QUERY_PARAMETER = "language"

# What scripts may ask `get_format` for.
_FORMATS = (
    "DATETIME_FORMAT",
    "DATETIME_INPUT_FORMATS",
    "DATE_FORMAT",
    "DATE_INPUT_FORMATS",
    "DECIMAL_SEPARATOR",
    "FIRST_DAY_OF_WEEK",
    "MONTH_DAY_FORMAT",
    "NUMBER_GROUPING",
    "SHORT_DATETIME_FORMAT",
    "SHORT_DATE_FORMAT",
    "THOUSAND_SEPARATOR",
    "TIME_FORMAT",
    "TIME_INPUT_FORMATS",
    "YEAR_MONTH_FORMAT",
)

_PLURAL_FORMS = re.compile(
    r"^Plural-Forms:\s*nplurals\s*=\s*(\d+)\s*;\s*plural\s*=\s*(.*?);?\s*$", re.MULTILINE
)


def set_language(request: HttpRequest) -> HttpResponse:
    """Remember the visitor's language in a cookie and go back; a POST, as it changes something."""
    wanted = request.POST.get("next", request.GET.get("next"))
    url = _safe_target(request, wanted)
    response: HttpResponse = HttpResponseRedirect(url) if url else HttpResponse(status=204)
    language = request.POST.get(LANGUAGE_QUERY_PARAMETER) if request.method == "POST" else None
    if language and check_for_language(language):
        if url:
            translated = translate_url(url, language)
            if translated != url:
                response = HttpResponseRedirect(translated)
        cookie = options_in_settings("LANGUAGE_COOKIE")
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, **cookie)
    return response


def _safe_target(request: HttpRequest, wanted: str | None) -> str | None:
    """Return where to go back to; None for a script, which has not asked to be sent anywhere."""

    def is_safe(url: str) -> bool:
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
        )

    if wanted and is_safe(wanted):
        return wanted
    if not wanted and not request.accepts("text/html"):
        return None
    if not wanted:
        referer = request.META.get("HTTP_REFERER")
        if referer and is_safe(referer):
            # The query stays quoted: it would mean something else.
            path, mark, query = referer.partition("?")
            return unquote(path) + mark + query
    return "/"


def get_formats() -> dict[str, Any]:
    """Return the formats of the active language."""
    return {name: get_format(name) for name in _FORMATS}


class JavaScriptCatalog(View):
    """A script with the messages of the active language, and the functions that look them up."""

    domain = "djangojs"
    packages: Any = None

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Return the script."""
        named = kwargs.get("packages")
        self.paths = self.get_paths(named.split("+") if named else self.packages)
        self._chain = list(self._catalogues(get_language() or settings.LANGUAGE_CODE))
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_paths(self, packages: Any) -> list[str] | None:
        """Return the locale directories of some applications; None for those of all."""
        if not packages:
            return None
        configs = {config.name: config for config in apps.get_app_configs()}
        unknown = [name for name in packages if name not in configs]
        if unknown:
            raise ValueError(f"Invalid package(s) provided to JavaScriptCatalog: {','.join(unknown)}")
        return [str(Path(configs[name].path) / "locale") for name in packages]

    def _catalogues(self, language: str) -> Iterator[Any]:
        """Yield the catalogues to look in, the most special first."""
        from nuages.utils.translation.catalogue import gather
        from nuages.utils.translation.trans_real import all_locale_paths

        if not settings.USE_I18N:
            return
        if self.paths is None:
            directories = [Path(path) for path in all_locale_paths()]
        else:
            directories = [Path(path) for path in (*self.paths, *reversed(settings.LOCALE_PATHS))]
        codes = [language]
        generic = language.replace("_", "-").split("-")[0]
        if generic != language:
            codes.append(generic)
        if generic != "en" and settings.LANGUAGE_CODE not in codes:
            # Messages are written in English, which so needs no other language.
            codes.append(settings.LANGUAGE_CODE)
        for code in codes:
            yield gather(code, to_locale(code), directories, None, self.domain)

    # -- plurals

    def _plural_forms(self) -> tuple[int, str] | None:
        for catalogue in self._chain:
            found = _PLURAL_FORMS.search(catalogue._catalog.get("", ""))
            if found:
                return int(found[1]), found[2].strip()
        return None

    @property
    def _num_plurals(self) -> int:
        forms = self._plural_forms()
        return forms[0] if forms else 2

    def get_plural(self) -> str | None:
        """Return the expression that chooses among the forms of a message."""
        forms = self._plural_forms()
        return forms[1] if forms else None

    def get_catalog(self) -> dict[str, str | list[str]]:
        """Return the messages; those with plural forms as lists."""
        catalog: dict[str, str | list[str]] = {}
        count = self._num_plurals
        for catalogue in reversed(self._chain):
            plurals: dict[str, list[str]] = {}
            for key, text in catalogue._catalog.items():
                if key == "":
                    continue
                if isinstance(key, str):
                    catalog[key] = text
                elif key[1] < count:
                    plurals.setdefault(key[0], [""] * count)[key[1]] = text
            catalog.update(plurals)
        return catalog

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the script is made of."""
        return {"catalog": self.get_catalog(), "formats": get_formats(), "plural": self.get_plural()}

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> Any:
        """Return the script as a response."""

        def as_script(value: Any) -> str:
            return json.dumps(value, sort_keys=True, indent=2).replace("\n", "\n    ")

        context["catalog_str"] = as_script(context["catalog"]) if context["catalog"] else None
        context["formats_str"] = as_script(context["formats"])
        path = Path(__file__).parent / "templates" / "i18n_catalog.js"
        with path.open(encoding="utf-8") as source:
            template = Engine().from_string(source.read())
        return HttpResponse(template.render(Context(context)), 'text/javascript; charset="utf-8"')


class JSONCatalog(JavaScriptCatalog):
    """The same messages as JSON, for libraries that do the looking up."""

    def render_to_response(self, context: dict[str, Any], **response_kwargs: Any) -> Any:
        """Return the messages as a response."""
        return JsonResponse(context)
