"""Errors that are mailed to the administrators."""

from __future__ import annotations

import logging
import warnings

import pytest

from nuages.core import mail
from nuages.test.utils import override_settings
from nuages.utils.log import AdminEmailHandler

LOCMEM = {"BACKEND": "nuages.core.mail.backends.locmem.EmailBackend"}
RECORD = logging.LogRecord("site", logging.ERROR, __file__, 1, "The mill stands still", None, None)


@pytest.fixture(autouse=True)
def outbox(monkeypatch: pytest.MonkeyPatch) -> list[mail.EmailMessage]:
    monkeypatch.setattr(mail, "outbox", [], raising=False)
    return mail.outbox


@override_settings(ADMINS=["miller@example.com"], MAILERS={"default": LOCMEM, "reports": LOCMEM})
@pytest.mark.parametrize("options", [{}, {"using": "reports"}])
def test_a_report_is_mailed_by_the_default_mailer_and_by_a_named_one(options, outbox):
    AdminEmailHandler(**options).handle(RECORD)
    assert [message.to for message in outbox] == [["miller@example.com"]]
    assert "The mill stands still" in outbox[0].subject


@override_settings(ADMINS=["miller@example.com"], MAILERS={})
def test_a_site_without_mailers_reports_nothing(capsys):
    AdminEmailHandler().handle(RECORD)
    assert capsys.readouterr().err == ""


@override_settings(ADMINS=["miller@example.com"], MAILERS={"default": LOCMEM})
def test_a_mailer_that_does_not_exist_is_said_and_the_request_goes_on(capsys, outbox):
    AdminEmailHandler(using="reprots").handle(RECORD)
    assert outbox == []
    assert "reprots" in capsys.readouterr().err


@override_settings(MANAGERS=["boss@example.com"], MAILERS={"default": LOCMEM})
def test_a_handler_that_mails_somebody_else_is_not_warned_of_what_it_did_not_ask_for(outbox):
    class ToManagers(AdminEmailHandler):
        def send_mail(self, subject, message, *args, **kwargs):
            mail.mail_managers(subject, message, *args, **kwargs)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ToManagers().handle(RECORD)
    assert [message.to for message in outbox] == [["boss@example.com"]]


@override_settings(ADMINS=["miller@example.com"], MAILERS={"default": LOCMEM})
def test_a_handler_that_fails_to_send_in_its_own_way_does_not_break_the_request(capsys):
    class ToNobody(AdminEmailHandler):
        def send_mail(self, subject, message, *args, **kwargs):
            raise OSError("the line is cut")

    ToNobody().handle(RECORD)
    assert "the line is cut" in capsys.readouterr().err
