"""Writing migration files."""

from __future__ import annotations

import inspect
import os
from importlib import import_module
from pathlib import Path
from typing import Any

from nuages.apps import apps
from nuages.compat import spelled
from nuages.db import migrations
from nuages.db.migrations.loader import MigrationLoader
from nuages.db.migrations.serializer import Serializer, serializer_factory
from nuages.utils.module_loading import module_dir
from nuages.utils.timezone import now
from nuages.utils.version import get_version

INDENT = "    "


class OperationWriter:
    """Writes one operation over several lines, an argument on each."""

    def __init__(self, operation: Any, indentation: int = 2) -> None:
        self.operation = operation
        self.indentation = indentation
        self.imports: set[str] = set()
        self.lines: list[str] = []

    def serialize(self) -> tuple[str, set[str]]:
        """Return source, with a comma at its end, and imports."""
        class_name, args, kwargs = self.operation.deconstruct()
        # Operations of our own and of anybody else are written alike; ours have the short name.
        if getattr(migrations, class_name, None) is type(self.operation):
            self.imports.add(f"from {spelled('nuages.db')} import migrations")
            opening = f"migrations.{class_name}("
        else:
            module = spelled(type(self.operation).__module__)
            self.imports.add(f"import {module}")
            opening = f"{module}.{class_name}("
        self._line(0, opening)
        for name, value in self._arguments(args, kwargs):
            self._argument(name, value)
        self._line(0, "),")
        return "\n".join(self.lines), self.imports

    def _arguments(self, args: Any, kwargs: dict[str, Any]) -> list[tuple[str, Any]]:
        """Return names and values in the order of the constructor; positional ones get their names too."""
        signature = inspect.signature(type(self.operation).__init__)
        names = list(signature.parameters)[1:]
        found = list(zip(names, args))
        return found + [(name, kwargs[name]) for name in names[len(args) :] if name in kwargs]

    def _line(self, depth: int, text: str) -> None:
        self.lines.append(INDENT * (self.indentation + depth) + text)

    def _argument(self, name: str, value: Any) -> None:
        expand = name in self.operation.serialization_expand_args
        if expand and value and isinstance(value, dict):
            self._line(1, f"{name}={{")
            for key, item in value.items():
                self._entry(f"{self._source(key)}: {self._source(item)},")
            self._line(1, "},")
        elif expand and value and isinstance(value, (list, set, tuple)):
            opening, closing = (
                ("{", "}")
                if isinstance(value, set)
                else ("(", ")")
                if isinstance(value, tuple)
                else ("[", "]")
            )
            self._line(1, f"{name}={opening}")
            for item in value:
                self._entry(f"{self._source(item)},")
            self._line(1, f"{closing},")
        elif (
            isinstance(value, (list, tuple))
            and value
            and all(isinstance(item, migrations.operations.base.Operation) for item in value)
        ):
            self._line(1, f"{name}=[")
            for item in value:
                self._entry(f"{self._source(item)},")
            self._line(1, "],")
        else:
            self._block(1, f"{name}={self._source(value)},")

    def _entry(self, text: str) -> None:
        self._block(2, text)

    def _block(self, depth: int, text: str) -> None:
        """Add lines of an argument; those of operations inside it are moved to its depth."""
        for line in text.split("\n"):
            self._line(depth, line)

    def _source(self, value: Any) -> str:
        source, imports = serializer_factory(value).serialize()
        self.imports.update(imports)
        return source


class MigrationWriter:
    """Writes a migration as the file that makes it again."""

    def __init__(self, migration: Any, include_header: bool = True) -> None:
        self.migration = migration
        self.include_header = include_header
        self.needs_manual_porting = False

    def as_string(self) -> str:
        """Return the text of the file."""
        imports: set[str] = set()
        operations: list[str] = []
        for operation in self.migration.operations:
            source, more = OperationWriter(operation).serialize()
            imports |= more
            operations.append(source)
        dependencies = self._dependencies(imports)
        attributes = self._attributes()
        imports, manual = self._sorted_out(imports)
        lines = [self._header()] if self.include_header else []
        lines += [*self._import_lines(imports), "", *manual, "", "class Migration(migrations.Migration):", ""]
        lines += attributes
        lines += [f"{INDENT}dependencies = [", *dependencies, f"{INDENT}]", ""]
        lines += [f"{INDENT}operations = [", *operations, f"{INDENT}]", ""]
        return "\n".join(lines)

    def _header(self) -> str:
        whose = (
            f"Django {get_version()}"
            if spelled("nuages").startswith("django")
            else f"nuages {_own_version()}"
        )
        return f"# Generated by {whose} on {now():%Y-%m-%d %H:%M}\n"

    def _dependencies(self, imports: set[str]) -> list[str]:
        written: list[str] = []
        for dependency in sorted(self.migration.dependencies, key=_dependency_order):
            if dependency[0] == "__setting__":
                imports.add(f"from {spelled('nuages.conf')} import settings")
                written.append(f"{INDENT * 2}migrations.swappable_dependency(settings.{dependency[1]}),")
            else:
                written.append(f"{INDENT * 2}{_source_of(dependency)},")
        return written

    def _attributes(self) -> list[str]:
        migration, lines = self.migration, []
        if getattr(migration, "replaces", None):
            lines += [f"{INDENT}replaces = {_source_of(sorted(migration.replaces))}", ""]
        if getattr(migration, "initial", None):
            lines += [f"{INDENT}initial = True", ""]
        if getattr(migration, "run_before", None):
            lines += [f"{INDENT}run_before = {_source_of(migration.run_before)}", ""]
        if not getattr(migration, "atomic", True):
            lines += [f"{INDENT}atomic = False", ""]
        return lines

    def _sorted_out(self, imports: set[str]) -> tuple[set[str], list[str]]:
        """Separate what only names functions of other migrations: those have to be copied by hand."""
        foreign = sorted(
            line.split()[1]
            for line in imports
            if line.startswith("import ") and _is_migration_module(line.split()[1])
        )
        if not foreign:
            return imports, []
        self.needs_manual_porting = True
        note = [
            "",
            "# Functions from the following migrations need manual copying.",
            "# Move them and any dependencies into this file, then update the",
            "# RunPython operations to refer to the local versions:",
            *(f"# {module}" for module in foreign),
        ]
        return {line for line in imports if line.split()[1] not in foreign}, note

    def _import_lines(self, imports: set[str]) -> list[str]:
        root = spelled("nuages.db")
        models = f"from {root} import models"
        names = "migrations, models" if models in imports else "migrations"
        rest = imports - {models, f"from {root} import migrations"}
        # As isort has it: whole modules first.
        return sorted(
            {*rest, f"from {root} import {names}"},
            key=lambda line: (line.startswith("from"), line.split()[1]),
        )

    # Where

    @property
    def basedir(self) -> str:
        """The folder of the file; made, as a package, where it is not there."""
        package, _ = MigrationLoader.migrations_module(self.migration.app_label)
        if package is None:
            raise ValueError(
                f"Django can't create migrations for app '{self.migration.app_label}' because migrations have been "
                "disabled via the MIGRATION_MODULES setting."
            )
        try:
            return module_dir(import_module(package))
        except (ImportError, ValueError):
            pass
        config = apps.get_app_config(self.migration.app_label)
        parent, _, name = package.rpartition(".")
        if config.name == parent or parent == config.module.__name__:
            return os.path.join(config.path, name)
        return self._new_package(package)

    def _new_package(self, package: str) -> str:
        """Make the packages that are missing below the innermost one that is there."""
        missing: list[str] = []
        existing = package
        base = None
        while existing:
            existing, _, name = existing.rpartition(".")
            missing.insert(0, name)
            if not existing:
                break
            try:
                base = module_dir(import_module(existing))
                break
            except (ImportError, ValueError):
                continue
        if base is None:
            raise ValueError(
                f"Could not locate an appropriate location to create migrations package {package}. Make sure the "
                "toplevel package exists and can be imported."
            )
        folder = Path(base, *missing)
        folder.mkdir(parents=True, exist_ok=True)
        for number in range(1, len(missing) + 1):
            Path(base, *missing[:number], "__init__.py").touch()
        return str(folder)

    @property
    def filename(self) -> str:
        """The name of the file."""
        return f"{self.migration.name}.py"

    @property
    def path(self) -> str:
        """The whole path of the file."""
        return os.path.join(self.basedir, self.filename)

    # Values

    @classmethod
    def serialize(cls, value: Any) -> tuple[str, Any]:
        """Return the source of a value and its imports."""
        return serializer_factory(value).serialize()

    @classmethod
    def register_serializer(cls, type_: Any, serializer: Any) -> None:
        """Write values of a type by a subclass of BaseSerializer."""
        Serializer.register(type_, serializer)

    @classmethod
    def unregister_serializer(cls, type_: Any) -> None:
        """Take a registered serializer out again."""
        Serializer.unregister(type_)


def _source_of(value: Any) -> str:
    return serializer_factory(value).serialize()[0]


def _dependency_order(dependency: Any) -> tuple[Any, ...]:
    return dependency[0] == "__setting__", *map(str, dependency)


def _is_migration_module(name: str) -> bool:
    package, _, _ = name.rpartition(".")
    return package in {
        MigrationLoader.migrations_module(config.label)[0] for config in apps.get_app_configs()
    }


def _own_version() -> str:
    import nuages

    return nuages.__version__
