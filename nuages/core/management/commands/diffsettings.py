"""`diffsettings`: show how the settings differ from the defaults."""

from __future__ import annotations

from typing import Any

from nuages.core.management.base import BaseCommand, CommandParser


def module_to_dict(
    module: Any, omittable: Any = lambda name: name.startswith("_") or not name.isupper()
) -> dict[str, str]:
    """Return the settings of a module or holder as text."""
    return {name: repr(getattr(module, name)) for name in dir(module) if not omittable(name)}


class Command(BaseCommand):
    help = "Displays differences between the current settings.py and Django's default settings."

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--all",
            action="store_true",
            help='Display all settings, regardless of their value. In "hash" mode, default values are prefixed by "###".',
        )
        parser.add_argument(
            "--default",
            metavar="MODULE",
            help="The settings module to compare the current settings against. Leave empty to compare against Django's "
            "default settings.",
        )
        parser.add_argument(
            "--output",
            default="hash",
            choices=("hash", "unified"),
            help="Selects the output format. 'hash' mode displays each changed setting, with the settings that don't "
            "appear in the defaults followed by ###. 'unified' mode prefixes the default setting with a minus sign, "
            "followed by the changed setting prefixed with a plus sign.",
        )

    def handle(self, **options: Any) -> str:
        from nuages.conf import Settings, global_settings, settings

        # Looking at a setting is what loads them.
        settings.DEBUG  # noqa: B018
        present = module_to_dict(settings._wrapped)
        default = module_to_dict(Settings(options["default"]) if options["default"] else global_settings)
        write = {"hash": self.output_hash, "unified": self.output_unified}[options["output"]]
        return "\n".join(write(present, default, options["all"]))

    def output_hash(self, present: dict[str, str], default: dict[str, str], everything: bool) -> list[str]:
        """Return the settings that differ; a mark follows those without a default, or precedes unchanged ones."""
        lines = []
        for name in sorted(present):
            if name not in default:
                lines.append(f"{name} = {present[name]}  ###")
            elif present[name] != default[name]:
                lines.append(f"{name} = {present[name]}")
            elif everything:
                lines.append(f"### {name} = {present[name]}")
        return lines

    def output_unified(self, present: dict[str, str], default: dict[str, str], everything: bool) -> list[str]:
        """Return what was and what is, as diff does."""
        lines = []
        for name in sorted(present):
            if name not in default:
                lines.append(self.style.SUCCESS(f"+ {name} = {present[name]}"))
            elif present[name] != default[name]:
                lines.append(self.style.ERROR(f"- {name} = {default[name]}"))
                lines.append(self.style.SUCCESS(f"+ {name} = {present[name]}"))
            elif everything:
                lines.append(f"  {name} = {present[name]}")
        return lines
