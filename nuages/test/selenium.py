"""Tests in a real browser through Selenium (not required: `pip install selenium`).

Which browsers are used is decided by whoever runs the tests, through `SeleniumTestCaseBase.browsers`; with none, the
tests are skipped.
"""

from __future__ import annotations

import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

from nuages.test.cases.live import LiveServerTestCase
from nuages.test.isolation import tag
from nuages.utils.functional import classproperty
from nuages.utils.module_loading import import_string
from nuages.utils.text import capfirst


class SeleniumTestCaseBase(type(LiveServerTestCase)):  # type: ignore[misc]
    """Makes one test class per browser of each class that is defined."""

    browsers: list[str] = []
    selenium_hub: str | None = None
    external_host: str | None = None
    headless = False
    screenshots = False
    browser: str | None = None

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Any:
        made = super().__new__(cls, name, bases, attrs)
        if made.browser or not any(attribute.startswith("test") for attribute in dir(made)):
            return made
        if not cls.browsers:
            return unittest.skip("No browsers specified.")(made)
        module = sys.modules[made.__module__]
        first, *others = cls.browsers
        for browser in others:
            # Found by the loader like any class of the module, and not doubled in turn: it has its browser.
            variant = f"{capfirst(browser)}{name}"
            setattr(module, variant, super().__new__(cls, variant, (made,), cls._for_browser(browser, made)))
        for key, value in cls._for_browser(first, made).items():
            setattr(made, key, value)
        return made

    @classmethod
    def _for_browser(cls, browser: str, made: Any) -> dict[str, Any]:
        return {"browser": browser, "__module__": made.__module__}

    @classmethod
    def import_webdriver(cls, browser: str) -> Any:
        """Return Selenium's driver class for a browser."""
        return import_string(f"selenium.webdriver.{browser}.webdriver.WebDriver")

    @classmethod
    def import_options(cls, browser: str) -> Any:
        """Return Selenium's options class for a browser."""
        return import_string(f"selenium.webdriver.{browser}.options.Options")

    def create_options(self) -> Any:
        """Return the options a browser is started with."""
        options = self.import_options(self.browser or "")()
        if self.headless and self.browser in {"chrome", "edge"}:
            options.add_argument("--headless=new")
        elif self.headless and self.browser == "firefox":
            options.add_argument("-headless")
        return options

    def create_webdriver(self) -> Any:
        """Start a browser, here or at the hub."""
        options = self.create_options()
        if self.selenium_hub:
            from selenium import webdriver

            return webdriver.Remote(command_executor=self.selenium_hub, options=options)
        return self.import_webdriver(self.browser or "")(options=options)


class ChangeWindowSize:
    """Gives the browser's window another size for a `with` block."""

    def __init__(self, width: int, height: int, selenium: Any) -> None:
        self.selenium = selenium
        self.new_size = width, height

    def __enter__(self) -> ChangeWindowSize:
        self.before = self.selenium.get_window_size()
        self.selenium.set_window_size(*self.new_size)
        return self

    def __exit__(self, *_: object) -> None:
        self.selenium.set_window_size(self.before["width"], self.before["height"])


@tag("selenium")
class SeleniumTestCase(LiveServerTestCase, metaclass=SeleniumTestCaseBase):
    """A live server with a browser in `self.selenium`."""

    implicit_wait = 10
    browser: str | None
    external_host: str | None
    selenium: Any

    @classproperty
    def live_server_url(cls) -> str:
        """Where the browser finds the site."""
        return f"http://{cls.external_host or cls.host}:{cls.server_thread.port}"

    @classproperty
    def allowed_host(cls) -> str:
        """The host that the browser asks for."""
        return cls.external_host or cls.host

    @classmethod
    def setUpClass(cls) -> None:
        cls.selenium = cls.create_webdriver()
        cls.selenium.implicitly_wait(cls.implicit_wait)
        super().setUpClass()
        cls.addClassCleanup(cls._quit_selenium)

    @classmethod
    def _quit_selenium(cls) -> None:
        # Before the server stops, so that no request is left hanging.
        if hasattr(cls, "selenium"):
            cls.selenium.quit()

    @contextmanager
    def desktop_size(self) -> Iterator[None]:
        """A window as on a desk."""
        with ChangeWindowSize(1280, 720, self.selenium):
            yield

    @contextmanager
    def mobile_size(self) -> Iterator[None]:
        """A window as on a phone."""
        with ChangeWindowSize(360, 800, self.selenium):
            yield

    def take_screenshot(self, name: str) -> None:
        """Save what the browser shows, where screenshots are wanted."""
        if not type(self).screenshots:
            return
        folder = Path.cwd() / "screenshots"
        folder.mkdir(exist_ok=True)
        self.selenium.save_screenshot(str(folder / f"{self._testMethodName}-{name}-{self.browser}.png"))

    @contextmanager
    def disable_implicit_wait(self) -> Iterator[None]:
        """Look for elements once, without waiting for them to appear."""
        self.selenium.implicitly_wait(0)
        try:
            yield
        finally:
            self.selenium.implicitly_wait(self.implicit_wait)


def screenshot_cases(method_names: str | list[str]) -> Callable[[Any], Any]:
    """Run a test once under each of these context managers of the case, while screenshots are taken."""
    names = [method_names] if isinstance(method_names, str) else list(method_names)

    def decorate(func: Any) -> Any:
        func = tag("screenshot")(func)

        @wraps(func)
        def run(self: Any, *args: Any, **kwargs: Any) -> None:
            if not type(self).screenshots:
                func(self, *args, **kwargs)
                return
            for name in names:
                with self.subTest(name), getattr(self, name)():
                    func(self, *args, **kwargs)

        return run

    return decorate
