"""`Client`: keeps cookies, follows redirects, and notes what a request rendered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import urljoin, urlsplit

from nuages.core.serializers.json import DjangoJSONEncoder
from nuages.core.signals import got_request_exception
from nuages.http import QueryDict
from nuages.test.client.authentication import ClientSession
from nuages.test.client.encoding import MULTIPART_CONTENT
from nuages.test.client.factory import JSON_CONTENT_TYPE_RE, RequestFactory
from nuages.test.client.handler import ClientHandler, store_rendered_templates
from nuages.test.client.redirects import check_circle
from nuages.test.signals import template_rendered
from nuages.urls import resolve
from nuages.utils.functional import SimpleLazyObject

_OCTETS = "application/octet-stream"

#: Methods whose requests carry a body.
BODY_METHODS = frozenset({"post", "put", "patch", "delete", "options"})


class Client(ClientSession, RequestFactory):
    """A browser without a screen. Responses have `client`, `request`, `templates`, `context`, `json()` and
    `resolver_match` besides what the view gave them."""

    def __init__(
        self,
        enforce_csrf_checks: bool = False,
        raise_request_exception: bool = True,
        *,
        headers: Mapping[str, str] | None = None,
        query_params: Mapping[str, Any] | None = None,
        json_encoder: Any = DjangoJSONEncoder,
        **defaults: Any,
    ) -> None:
        super().__init__(json_encoder=json_encoder, headers=headers, query_params=query_params, **defaults)
        self.handler = ClientHandler(enforce_csrf_checks)
        self.raise_request_exception = raise_request_exception
        self.exc_info: Any = None
        self.extra: dict[str, Any] | None = None
        self.headers: Any = None

    def request(self, **request: Any) -> Any:
        """Send a request made of WSGI environment entries and return the response."""
        return self._sent(self._base_environ(**request), request)

    def _sent(self, described: dict[str, Any], request: dict[str, Any]) -> Any:
        noted: dict[str, Any] = {}
        note = partial(store_rendered_templates, noted)
        template_uid, exception_uid = f"template-render-{id(request)}", f"request-exception-{id(request)}"
        template_rendered.connect(note, dispatch_uid=template_uid)
        got_request_exception.connect(self.store_exc_info, dispatch_uid=exception_uid)
        try:
            response = self.handler(described)
        finally:
            template_rendered.disconnect(dispatch_uid=template_uid)
            got_request_exception.disconnect(dispatch_uid=exception_uid)
        self.check_exception(response)
        response.client = self
        response.request = request
        response.templates = noted.get("templates", [])
        response.context = _only(noted.get("context"))
        response.json = JSONOf(response)
        urlconf = getattr(response.wsgi_request, "urlconf", None)
        response.resolver_match = SimpleLazyObject(lambda: resolve(request["PATH_INFO"], urlconf=urlconf))
        if response.cookies:
            self.cookies.update(response.cookies)
        return response

    def get(
        self, path: str, data: Any = None, follow: bool = False, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Request a page with GET."""
        return self._send(
            "get", follow, path, headers, extra, data=data, secure=secure, query_params=query_params
        )

    def post(
        self, path: str, data: Any = None, content_type: str = MULTIPART_CONTENT, follow: bool = False,
        secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send a form or other data with POST."""
        return self._send(
            "post",
            follow,
            path,
            headers,
            extra,
            data=data,
            content_type=content_type,
            secure=secure,
            query_params=query_params,
        )

    def head(
        self, path: str, data: Any = None, follow: bool = False, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Request a page's headers with HEAD."""
        return self._send(
            "head", follow, path, headers, extra, data=data, secure=secure, query_params=query_params
        )

    def options(
        self, path: str, data: Any = "", content_type: str = _OCTETS, follow: bool = False,
        secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send OPTIONS."""
        return self._send(
            "options",
            follow,
            path,
            headers,
            extra,
            data=data,
            content_type=content_type,
            secure=secure,
            query_params=query_params,
        )

    def put(
        self, path: str, data: Any = "", content_type: str = _OCTETS, follow: bool = False,
        secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send data with PUT."""
        return self._send(
            "put",
            follow,
            path,
            headers,
            extra,
            data=data,
            content_type=content_type,
            secure=secure,
            query_params=query_params,
        )

    def patch(
        self, path: str, data: Any = "", content_type: str = _OCTETS, follow: bool = False,
        secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send data with PATCH."""
        return self._send(
            "patch",
            follow,
            path,
            headers,
            extra,
            data=data,
            content_type=content_type,
            secure=secure,
            query_params=query_params,
        )

    def delete(
        self, path: str, data: Any = "", content_type: str = _OCTETS, follow: bool = False,
        secure: bool = False, *, headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send DELETE."""
        return self._send(
            "delete",
            follow,
            path,
            headers,
            extra,
            data=data,
            content_type=content_type,
            secure=secure,
            query_params=query_params,
        )

    def trace(
        self, path: str, data: Any = "", follow: bool = False, secure: bool = False, *,
        headers: Any = None, query_params: Any = None, **extra: Any,
    ) -> Any:  # fmt: skip
        """Send TRACE."""
        return self._send("trace", follow, path, headers, extra, secure=secure, query_params=query_params)

    def _send(
        self, method: str, follow: bool, path: str, headers: Any, extra: dict[str, Any], **options: Any
    ) -> Any:
        self.extra, self.headers = extra, headers
        response = getattr(RequestFactory, method)(self, path, headers=headers, **options, **extra)
        if not follow:
            return response
        body, kind = options.get("data"), options.get("content_type", "")
        return self._handle_redirects(response, data=body, content_type=kind, headers=headers, **extra)

    def _handle_redirects(
        self, response: Any, data: Any = "", content_type: str = "", headers: Any = None, **extra: Any
    ) -> Any:
        response.redirect_chain = []
        while response.status_code in (301, 302, 303, 307, 308):
            chain = response.redirect_chain
            url = response.url
            chain.append((url, response.status_code))
            parts = urlsplit(url)
            if parts.scheme:
                extra["wsgi.url_scheme"] = parts.scheme
            if parts.hostname:
                extra["SERVER_NAME"] = parts.hostname
                extra["HTTP_HOST"] = parts.hostname
            if parts.port:
                extra["SERVER_PORT"] = str(parts.port)
                extra["HTTP_HOST"] = f"{parts.hostname}:{parts.port}"
            path = parts.path or ("/" if parts.netloc else response.request["PATH_INFO"])
            if not path.startswith("/"):
                path = urljoin(response.request["PATH_INFO"], path)
            # 307 and 308 ask for the same request again; after the others a browser asks with GET.
            again = response.status_code in (307, 308)
            before = response.request["REQUEST_METHOD"].lower()
            method = before if again or before == "head" else "get"
            arguments: dict[str, Any] = {"headers": headers, **extra}
            if again and method not in ("get", "head"):
                if parts.query:
                    path = f"{path}?{parts.query}"
                if method in BODY_METHODS:
                    arguments |= {"data": data, "content_type": content_type}
            else:
                arguments["data"] = (data if again else None) or QueryDict(parts.query)
            response = self._again(method, path, arguments)
            response.redirect_chain = chain
            check_circle(response, chain)
        return response

    def _again(self, method: str, path: str, arguments: dict[str, Any]) -> Any:
        # Subclasses write bodies in their own ways.
        return getattr(self, method)(path, **arguments)


class JSONOf:
    """`response.json()`: the content read as JSON, once."""

    def __init__(self, response: Any) -> None:
        self.response = response

    def __call__(self, **options: Any) -> Any:
        if not hasattr(self, "data"):
            content_type = self.response.get("Content-Type")
            if not JSON_CONTENT_TYPE_RE.match(content_type):
                raise ValueError(f'Content-Type header is "{content_type}", not "application/json"')
            self.data = json.loads(self.response.text, **options)
        return self.data


def _only(contexts: Any) -> Any:
    """One template's context stands for itself."""
    return contexts[0] if contexts is not None and len(contexts) == 1 else contexts
