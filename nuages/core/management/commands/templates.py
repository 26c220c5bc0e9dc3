"""`templates`: the project's templates, who extends and includes whom, which nobody uses, what each reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from nuages.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Lists templates: who extends and includes whom, which nothing uses, and the names each reads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("names", metavar="name", nargs="*", help="List these templates only.")
        parser.add_argument(
            "--engine",
            dest="using",
            help="The engine, by its NAME. Default: the first of this template language.",
        )
        parser.add_argument(
            "--unused",
            action="store_true",
            help="List only templates that no other template and no Python code names.",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="Write JSON, for programs.")

    def handle(self, *args: Any, **options: Any) -> None:
        from nuages.template.listing import listing, summary, unused
        from nuages.template.survey import survey
        from nuages.template.usage import usages

        findings = survey(self._engine(options["using"]))
        used = usages(findings, _folders(), _model_names())
        shown = self._chosen(findings, options["names"])
        if options["unused"]:
            names = set(unused(findings, used))
            shown = [finding for finding in shown if finding.name in names]
        if options["as_json"]:
            self.stdout.write(
                json.dumps([_as_dict(finding, used[finding.name]) for finding in shown], indent=2)
            )
            return
        if options["unused"]:
            for finding in shown:
                self.stdout.write(finding.path)
            return
        for line in listing(shown, used):
            self.stdout.write(line if line.startswith(" ") else self.style.MIGRATE_HEADING(line))
        self.stdout.write(summary(shown, used))
        if any(finding.problems for finding in shown):
            self.stdout.write("`manage.py check --tag templates` shows the problems.")

    def _engine(self, alias: str | None) -> Any:
        from nuages.template import engines
        from nuages.template.backends.django import DjangoTemplates
        from nuages.template.utils import InvalidTemplateEngineError

        try:
            backends = engines.all() if alias is None else [engines[alias]]
        except InvalidTemplateEngineError as error:
            raise CommandError(str(error)) from error
        for backend in backends:
            if isinstance(backend, DjangoTemplates):
                return backend.engine
        raise CommandError("TEMPLATES configures no engine of this template language.")

    @staticmethod
    def _chosen(findings: list[Any], names: list[str]) -> list[Any]:
        if not names:
            return findings
        unknown = set(names) - {finding.name for finding in findings}
        if unknown:
            raise CommandError(f"There is no template {', '.join(map(repr, sorted(unknown)))}.")
        return [finding for finding in findings if finding.name in names]


def _folders() -> Iterator[Path]:
    """Where Python code that names templates may be: apps, the package or module with the URLs, and nuages itself."""
    import nuages
    from nuages.apps import apps
    from nuages.conf import settings

    for config in apps.get_app_configs():
        yield Path(config.path)
    yield Path(nuages.__file__).parent
    urlconf = getattr(settings, "ROOT_URLCONF", None)
    spec = find_spec(urlconf) if isinstance(urlconf, str) else None
    if spec is not None and spec.origin is not None:
        # What lies beside a module outside a package may be anything.
        yield Path(spec.origin).parent if "." in spec.name else Path(spec.origin)


def _model_names() -> Iterator[str]:
    from nuages.apps import apps

    for model in apps.get_models():
        yield f"{model._meta.app_label}/{model._meta.model_name}"


def _as_dict(finding: Any, usage: Any) -> dict[str, Any]:
    return {
        "name": finding.name,
        "path": finding.path,
        "hidden": finding.hidden,
        "extends": sorted(finding.extends),
        "includes": sorted(finding.includes),
        "extended_by": sorted(usage.extended_by),
        "included_by": sorted(usage.included_by),
        "named_in": sorted(usage.named_in),
        "unused": not usage.needed and not finding.hidden,
        "reads": sorted(finding.reads),
        "problems": [
            {"line": problem.line, "column": problem.column, "message": problem.message, "hint": problem.hint}
            for problem in finding.problems
        ],
    }
