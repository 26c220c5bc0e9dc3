"""Looking at templates from the command line.

`python -m nuages.template show NAME` prints the Python a template becomes, `check` the errors of all templates,
`list` who extends and includes whom and what each reads. It works without a project too, on the files of a folder;
`manage.py templates` and `manage.py check --tag templates` look at a whole project.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from nuages.template.exceptions import TemplateDoesNotExist, TemplateSyntaxError
from nuages.template.listing import listing, problem_lines
from nuages.template.presentation import Switches
from nuages.template.survey import survey
from nuages.template.usage import usages


def show(template: Any) -> str:
    """The functions of a template as text: its body, its blocks and its partials."""
    from nuages.template.loader_tags import BlockNode

    invalid = template.engine.string_if_invalid
    switches = Switches(template.engine.autoescape)
    units = [("template", template.root)]
    units += [(f"block {block.name}", block.unit) for block in template.nodelist.get_nodes_by_type(BlockNode)]
    units += [
        (f"partial {name}", partial.root) for name, partial in template.extra_data.get("partials", {}).items()
    ]
    return "\n\n".join(f"# {name}\n{unit.source(switches, invalid)}" for name, unit in units)


def described(error: BaseException) -> str:
    """An error with its notes."""
    return "\n  ".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])


def _engine() -> Any:
    import nuages
    from nuages.conf import settings
    from nuages.core.exceptions import ImproperlyConfigured
    from nuages.template.engine import Engine

    try:
        nuages.setup()
        return Engine.get_default()
    except ImproperlyConfigured:
        # Without a project there are still files to look at.
        if not settings.configured:
            settings.configure(TEMPLATES=[])
        return Engine(dirs=["."])


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m nuages.template",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True)
    showing = commands.add_parser("show", help="print the generated Python of a template")
    showing.add_argument("name", help="the template's name")
    commands.add_parser("check", help="parse and compile all templates and print every error")
    commands.add_parser("list", help="print what each template extends, includes and reads")
    args = parser.parse_args(arguments)
    engine = _engine()
    if args.command == "show":
        return _show(engine, args.name)
    return _check(engine) if args.command == "check" else _list(engine)


def _show(engine: Any, name: str) -> int:
    try:
        print(show(engine.get_template(name)))
    except (TemplateDoesNotExist, TemplateSyntaxError) as error:
        print(described(error), file=sys.stderr)
        return 1
    return 0


def _check(engine: Any) -> int:
    findings = survey(engine)
    for line in problem_lines(findings):
        print(line)
    wrong = sum(bool(finding.problems) for finding in findings)
    print(f"{len(findings)} templates, {wrong} with errors")
    return 1 if wrong else 0


def _list(engine: Any) -> int:
    findings = survey(engine)
    used = usages(findings)
    for line in listing(findings, used):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
