"""What follows when a setting is overridden."""

from __future__ import annotations

import logging

from nuages.test.utils import override_settings


def at(level: str) -> dict[str, object]:
    loggers = {"nuages.test_of_overriding": {"level": level}}
    return {"version": 1, "disable_existing_loggers": False, "loggers": loggers}


def test_logging_is_configured_as_overridden_and_back() -> None:
    logger = logging.getLogger("nuages.test_of_overriding")
    with override_settings(LOGGING=at("WARNING")):
        assert logger.level == logging.WARNING
        with override_settings(LOGGING=at("ERROR")):
            assert logger.level == logging.ERROR
        assert logger.level == logging.WARNING
    assert logger.level == logging.NOTSET
