from __future__ import annotations

import asyncio
import json
import logging
import zipfile
from pathlib import Path

import pytest

from nuages.core.exceptions import SuspiciousOperation
from nuages.test.utils import override_settings
from nuages.utils import memo
from nuages.utils.archive import extract
from nuages.utils.connection import BaseConnectionHandler, ConnectionDoesNotExist
from nuages.utils.crypto import constant_time_compare, get_random_string
from nuages.utils.csp import CSP, LazyNonce, build_policy
from nuages.utils.decorators import classonlymethod, method_decorator
from nuages.utils.deprecation import MiddlewareMixin
from nuages.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from nuages.utils.hashable import make_hashable
from nuages.utils.log import JSONFormatter, RequireDebugFalse, log_response
from nuages.utils.module_loading import import_string, named_by
from nuages.utils.tree import Node


class Upper(MiddlewareMixin):
    def process_request(self, request):
        request.append("in")

    def process_response(self, request, response):
        return response.upper()


def test_a_middleware_of_the_old_kind_works_around_both_colours():
    async def awaitable(request):
        return "cloud"

    request: list[str] = []
    assert Upper(lambda request: "cloud")(request) == "CLOUD"
    assert asyncio.run(Upper(awaitable)(request)) == "CLOUD"
    assert request == ["in", "in"]
    with pytest.raises(ValueError, match="get_response must be provided"):
        Upper(None)


def test_a_decorator_for_functions_decorates_a_method():
    def doubled(func):
        def inner(*args):
            return func(*args) * 2

        return inner

    class View:
        @method_decorator(doubled)
        def get(self, number):
            return number

    assert View().get(4) == 8
    with pytest.raises(ValueError, match="must be the name of a method"):
        method_decorator(doubled, name="missing")(View)


def test_instances_do_not_have_a_method_of_the_class_only():
    class Shelf:
        @classonlymethod
        def made(cls):
            return cls.__name__

    class Box(Shelf):
        pass

    assert Box.made() == "Box"
    with pytest.raises(AttributeError, match="only on the class"):
        Box().made()


def test_what_was_worked_out_is_forgotten_when_its_setting_changes():
    calls = []

    @memo.worked_out_from("APPEND_SLASH")
    def slashes():
        from nuages.conf import settings

        calls.append(True)
        return settings.APPEND_SLASH

    assert slashes() is slashes() is True
    memo.changed("USE_TZ")
    assert slashes()
    assert len(calls) == 1
    with override_settings(APPEND_SLASH=False):
        assert not slashes()
    assert slashes()


def test_settings_written_for_django_lead_here():
    from nuages.utils.functional import lazystr

    assert import_string("nuages.utils.functional.lazystr") is lazystr
    with pytest.raises(ImportError, match="doesn't look like a module path"):
        import_string("nowhere")
    with pytest.raises(ImportError, match='does not define a "missing"'):
        import_string("nuages.utils.functional.missing")


def test_a_path_means_what_its_name_stands_for_now(monkeypatch: pytest.MonkeyPatch):
    import_string("nuages.utils.functional.lazystr")
    monkeypatch.setattr("nuages.utils.functional.lazystr", len)
    assert import_string("django.utils.functional.lazystr") is len


def test_an_import_that_fails_says_which_setting_asked_for_it():
    with pytest.raises(ModuleNotFoundError) as caught, named_by("MIDDLEWARE", "nowhere.Middleware"):
        import_string("nowhere.Middleware")
    assert caught.value.__notes__ == ["MIDDLEWARE names 'nowhere.Middleware'."]


class Handler(BaseConnectionHandler):
    settings_name = "CACHES"

    def create_connection(self, alias):
        return object()


def test_connections_are_kept_and_unknown_ones_refused():
    handler = Handler({"default": {}})
    assert handler["default"] is handler["default"]
    assert list(handler) == ["default"]
    with pytest.raises(ConnectionDoesNotExist, match="other"):
        handler["other"]


def _record(**extra) -> logging.LogRecord:
    record = logging.LogRecord("nuages", logging.WARNING, "views.py", 3, "%s drifted", ("cloud",), None)
    record.__dict__.update(extra)
    return record


def test_a_structured_log_line_is_one_object_of_json():
    line = JSONFormatter().format(_record(status_code=404, order=Path("x")))
    assert "\n" not in line
    told = json.loads(line)
    assert (told["message"], told["level"], told["status"], told["order"]) == (
        "cloud drifted",
        "WARNING",
        404,
        "x",
    )


def test_a_structured_log_line_tells_of_the_exception():
    try:
        raise ValueError("rain")
    except ValueError as error:
        record = _record()
        record.exc_info = (ValueError, error, error.__traceback__)
    assert "ValueError: rain" in JSONFormatter().format(record)


def test_a_response_is_logged_once_at_the_level_of_its_status(caplog):
    class Response:
        status_code = 503

    response = Response()
    with caplog.at_level("INFO", logger="django.request"):
        log_response("Not now: %s", "/", response=response, request=None)
        log_response("Not now: %s", "/", response=response, request=None)
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [("ERROR", "Not now: /")]


def test_mail_about_errors_is_held_back_while_debugging():
    assert RequireDebugFalse().filter(_record())
    with override_settings(DEBUG=True):
        assert not RequireDebugFalse().filter(_record())


def test_a_policy_is_written_with_its_nonce_only_where_it_was_used():
    nonce = LazyNonce()
    policy = {"default-src": [CSP.SELF], "script-src": [CSP.SELF, CSP.NONCE]}
    assert build_policy(policy) == "default-src 'self'; script-src 'self'"
    assert f"'nonce-{nonce}'" in build_policy(policy, str(nonce))


def test_an_archive_cannot_write_outside_its_folder(tmp_path):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("first.txt", "x")
        archive.writestr("../outside.txt", "x")
    target = tmp_path / "inside"
    target.mkdir()
    with pytest.raises(SuspiciousOperation):
        extract(str(path), str(target))
    assert not (tmp_path / "outside.txt").exists()


def test_feeds_are_written_in_both_formats():
    for feed_class, root in ((Rss201rev2Feed, "<rss"), (Atom1Feed, "<feed")):
        feed = feed_class(title="Clouds", link="https://example.com/", description="<all>")
        feed.add_item(title="One & only", link="https://example.com/1", description="first")
        text = feed.writeString("utf-8")
        assert root in text
        assert "One &amp; only" in text


def test_nodes_join_what_is_of_the_same_kind():
    node = Node([1], "AND")
    node.add(Node([2], "AND"), "AND")
    node.add(3, "OR")
    assert repr(node)
    assert node.connector == "OR"
    assert len(node) == 2


def test_values_become_hashable_whatever_their_order():
    assert make_hashable({"b": [1], "a": {2}}) == make_hashable({"a": {2}, "b": [1]})
    with pytest.raises(TypeError):
        make_hashable(type("T", (), {"__hash__": None})())


def test_secrets_are_random_and_compared_whole():
    assert len({get_random_string(12) for _ in range(50)}) == 50
    assert constant_time_compare("é", "é")
    assert not constant_time_compare("é", "e")
    assert constant_time_compare("é", "é".encode())
    assert not constant_time_compare("a", b"b")
