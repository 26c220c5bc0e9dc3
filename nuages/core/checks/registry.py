"""Which checks there are, and running them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar, overload

from nuages.utils.inspect import func_accepts_kwargs

F = TypeVar("F", bound=Callable[..., Any])

Check = Callable[..., Iterable[Any]]


class Tags:
    """The tags of the checks that come with nuages."""

    # Settings of the project.
    security = "security"
    compatibility = "compatibility"
    async_support = "async_support"
    translation = "translation"
    # What a project consists of.
    models = "models"
    urls = "urls"
    templates = "templates"
    commands = "commands"
    signals = "signals"
    # What it uses. Those of databases ask them, and run only for databases that are named.
    database = "database"
    caches = "caches"
    files = "files"
    mail = "mail"
    # Applications that come with nuages.
    staticfiles = "staticfiles"
    admin = "admin"
    sites = "sites"
    gis = "gis"


class CheckRegistry:
    """Checks, in the order in which they were registered."""

    def __init__(self) -> None:
        self.registered_checks: set[Check] = set()
        self.deployment_checks: set[Check] = set()
        # Those that look at much; they are left out before each command.
        self.thorough_checks: set[Check] = set()
        # Sets forget the order; messages should not come in another one each time.
        self._order: dict[Check, None] = {}

    @overload
    def register(
        self, check: F, *tags: str, deploy: bool = False, thorough: bool = False, **kwargs: Any
    ) -> F: ...
    @overload
    def register(
        self,
        check: str | None = None,
        *tags: str,
        deploy: bool = False,
        thorough: bool = False,
        **kwargs: Any,
    ) -> Callable[[F], F]: ...
    def register(
        self, check: Any = None, *tags: str, deploy: bool = False, thorough: bool = False, **kwargs: Any
    ) -> Any:
        """Register a check under tags: as a decorator `@register("tag")`, or called with the function first.

        With `deploy` it runs only when deployment is checked; with `thorough` for `manage.py check` and where one of
        its tags is named, but not before each command.
        """
        if isinstance(check, str) or check is None:
            tags = (check, *tags) if check is not None else tags
            return lambda func: self._add(func, tags, deploy, thorough)
        return self._add(check, tags, deploy, thorough)

    def _add(self, check: Any, tags: tuple[str, ...], deploy: bool, thorough: bool) -> Any:
        if not func_accepts_kwargs(check):
            raise TypeError("Check functions must accept keyword arguments (**kwargs).")
        check.tags = tags
        (self.deployment_checks if deploy else self.registered_checks).add(check)
        if thorough:
            self.thorough_checks.add(check)
        self._order[check] = None
        return check

    def run_checks(
        self,
        app_configs: Sequence[Any] | None = None,
        tags: Sequence[str] | None = None,
        include_deployment_checks: bool = False,
        databases: Sequence[str] | None = None,
        exclude_tags: Collection[str] = (),
        thorough: bool = False,
    ) -> list[Any]:
        """Run the checks (those with one of the tags, and none of the excluded) and return their messages.

        Checks that ask a database run only for databases that are named, thorough ones for tags that are named or
        where `thorough` is true.
        """
        checks = self.get_checks(include_deployment_checks)
        if tags is not None:
            checks = [check for check in checks if not set(check.tags).isdisjoint(tags)]  # type: ignore[attr-defined]
        if exclude_tags:
            checks = [check for check in checks if set(check.tags).isdisjoint(exclude_tags)]  # type: ignore[attr-defined]
        if not databases:
            checks = [check for check in checks if Tags.database not in check.tags]  # type: ignore[attr-defined]
        if tags is None and not thorough:
            checks = [check for check in checks if check not in self.thorough_checks]
        messages: list[Any] = []
        for check in checks:
            found = check(app_configs=app_configs, databases=databases)
            if not isinstance(found, Iterable):
                raise TypeError(
                    f"The function {check!r} did not return a list. All functions registered with the checks registry "
                    "must return a list."
                )
            messages.extend(found)
        return messages

    def tag_exists(self, tag: str, include_deployment_checks: bool = False) -> bool:
        """Return whether a check has this tag."""
        return tag in self.tags_available(include_deployment_checks)

    def tags_available(self, deployment_checks: bool = False) -> set[str]:
        """Return the tags of all checks."""
        return set(chain.from_iterable(check.tags for check in self.get_checks(deployment_checks)))  # type: ignore[attr-defined]

    def get_checks(self, include_deployment_checks: bool = False) -> list[Check]:
        """Return the checks."""
        wanted = set(self.registered_checks)
        if include_deployment_checks:
            wanted |= set(self.deployment_checks)
        known = [check for check in self._order if check in wanted]
        # Tests replace the sets; what they put in was never registered.
        return known + [check for check in wanted if check not in self._order]


registry = CheckRegistry()
register = registry.register
run_checks = registry.run_checks
tag_exists = registry.tag_exists
