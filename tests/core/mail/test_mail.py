"""Messages, mailers and the ways of sending."""

from __future__ import annotations

import io
import pickle
import warnings
from email import message_from_bytes, policy
from typing import Any

import pytest

from nuages.conf import settings
from nuages.core import mail
from nuages.core.mail.addresses import read_mailbox
from nuages.core.mail.backends.console import EmailBackend as Console
from nuages.core.mail.backends.filebased import EmailBackend as FileBased
from nuages.core.mail.backends.smtp import EmailBackend as Smtp
from nuages.test.utils import override_settings
from nuages.utils.deprecation import RemovedInDjango2028Warning

LOCMEM = {"BACKEND": "nuages.core.mail.backends.locmem.EmailBackend"}
two_mailers = override_settings(MAILERS={"default": LOCMEM, "other": LOCMEM})


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    kept: list[Any] = []
    monkeypatch.setattr(mail, "outbox", kept, raising=False)
    return kept


@two_mailers
def test_a_message_goes_to_the_mailer_it_names(outbox: list[Any]) -> None:
    mail.send_mail("Hello", "text", None, ["a@example.com"])
    mail.send_mail("Hello", "text", None, ["a@example.com"], using="other")
    assert [message.sent_using for message in outbox] == ["default", "other"]


@two_mailers
async def _send_from_a_coroutine() -> int:
    return mail.send_mail("Hello", "text", None, ["a@example.com"])


@two_mailers
def test_what_is_sent_does_not_change_with_the_message(outbox: list[Any]) -> None:
    message = mail.EmailMessage("First", to=["a@example.com"])
    message.send()
    message.subject = "Second"
    message.to.append("b@example.com")
    assert (outbox[0].subject, outbox[0].to) == ("First", ["a@example.com"])


@two_mailers
def test_nobody_to_send_to_means_nothing_sent(outbox: list[Any]) -> None:
    assert mail.send_mail("Hello", "text", None, []) == 0
    assert outbox == []


@override_settings(MAILERS={})
def test_an_unknown_mailer_is_a_key_error_that_reads_well() -> None:
    with pytest.raises(KeyError) as caught:
        mail.mailers["nobody"]
    assert str(caught.value) == "The mailer 'nobody' is not configured."
    assert mail.mailers.get("nobody") is None


@override_settings(MAILERS={"x": {**LOCMEM, "OPTIONS": {"colour": "red"}}})
def test_unknown_options_are_refused_by_name() -> None:
    with pytest.raises(mail.InvalidMailer, match=r"MAILERS\['x'\]: Unknown options 'colour'\."):
        mail.mailers["x"]


@two_mailers
def test_using_excludes_the_older_ways_of_choosing() -> None:
    with pytest.raises(TypeError, match="'connection' is not compatible with 'using'"):
        mail.send_mail("s", "b", None, ["a@example.com"], using="other", connection=object())
    with pytest.raises(TypeError, match="'fail_silently' is not compatible with 'using'"):
        mail.EmailMessage(to=["a@example.com"]).send(fail_silently=True, using="other")


def test_get_connection_warns() -> None:
    with two_mailers, pytest.warns(RemovedInDjango2028Warning, match=r"get_connection\(\) is deprecated"):
        mail.get_connection()


@pytest.mark.parametrize(
    "headers", [{"subject": "a\nBcc: x@example.com"}, {"to": ["Name\r\nX: y <a@example.com>"]}]
)
def test_line_breaks_cannot_become_headers(headers: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="may not contain linefeed"):
        mail.EmailMessage(**headers).message()


def test_domains_are_sent_in_ascii_and_names_are_kept() -> None:
    built = mail.EmailMessage(to=["Zoë <zoe@exämple.com>"]).message()
    parsed = message_from_bytes(built.as_bytes(), policy=policy.default)
    assert parsed["To"].addresses[0].addr_spec == "zoe@xn--exmple-cua.com"
    assert built["To"].addresses[0].display_name == "Zoë"


def test_given_headers_win_whatever_their_case() -> None:
    built = mail.EmailMessage(to=["a@example.com"], headers={"TO": "list@example.com"}).message()
    assert built.get_all("To") == ["list@example.com"]


def test_parts_are_nested_as_readers_expect() -> None:
    message = mail.EmailMultiAlternatives("s", "plain", None, ["a@example.com"])
    message.attach_alternative("<p>html</p>", "text/html")
    message.attach("x.pdf", b"%PDF", "application/pdf")
    built = message.message()
    assert [part.get_content_type() for part in built.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]


def test_binary_data_called_text_is_sent_as_it_is() -> None:
    message = mail.EmailMessage()
    message.attach("x.txt", b"\xff")
    assert message.attachments[0] == ("x.txt", b"\xff", "application/octet-stream")


def test_a_message_can_be_pickled() -> None:
    message = mail.EmailMultiAlternatives("s", "b", alternatives=[("<p>", "text/html")])
    assert pickle.loads(pickle.dumps(message)).alternatives == message.alternatives


def test_the_console_shows_a_message_and_a_rule() -> None:
    stream = io.StringIO()
    Console(alias="x", stream=stream).send_messages([mail.EmailMessage("Hi", "text", to=["a@example.com"])])
    assert "Subject: Hi" in stream.getvalue()
    assert stream.getvalue().endswith("-" * 79 + "\n")


def test_a_file_is_kept_for_each_backend(tmp_path: Any) -> None:
    for _ in range(2):
        FileBased(alias="x", file_path=tmp_path).send_messages([mail.EmailMessage(to=["a@example.com"])])
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(("options", "port"), [({}, 25), ({"use_tls": True}, 587), ({"use_ssl": True}, 465)])
def test_the_port_follows_from_how_the_connection_is_secured(options: dict[str, Any], port: int) -> None:
    assert Smtp(alias="x", host="mail.example.com", **options).port == port


@pytest.mark.parametrize("address", ["a@b@example.com", "a@example.com, b@example.com", "@", "a@", "a\n@b.c"])
def test_what_is_not_one_address_never_reaches_the_server(address: str) -> None:
    with pytest.raises(ValueError, match="Invalid address"):
        read_mailbox(address)


def test_only_the_domain_of_an_envelope_address_is_encoded() -> None:
    smtp = Smtp(alias="x", host="mail.example.com")
    assert smtp.prep_address('"Ann" <ann@exämple.com>') == "ann@xn--exmple-cua.com"
    assert smtp.prep_address("root") == "root"
    with pytest.raises(ValueError, match="local-part contains non-ASCII"):
        smtp.prep_address("åse@example.com")


def test_a_coroutine_sends_without_await(outbox: list[Any]) -> None:
    import asyncio

    assert asyncio.run(_send_from_a_coroutine()) == 1
    assert len(outbox) == 1


def test_names_that_go_away_still_import() -> None:
    with pytest.warns(RemovedInDjango2028Warning, match="Replace with ValueError"):
        assert mail.BadHeaderError is ValueError
    with pytest.raises(AttributeError):
        mail.NoSuchName  # noqa: B018


def test_a_mailer_made_from_the_old_settings_is_not_said_to_be_made_by_hand() -> None:
    with warnings.catch_warnings(), override_settings(MAILERS={}):
        warnings.simplefilter("ignore", RemovedInDjango2028Warning)
        del settings.MAILERS
        with override_settings(
            EMAIL_HOST="mail.example.com", EMAIL_BACKEND="nuages.core.mail.backends.smtp.EmailBackend"
        ):
            warnings.simplefilter("error", RemovedInDjango2028Warning)
            assert mail.mailers.default.host == "mail.example.com"
            warnings.simplefilter("ignore", RemovedInDjango2028Warning)
