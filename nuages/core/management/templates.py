"""Making files from templates, for `startapp` and `startproject`."""

from __future__ import annotations

import os
import posixpath
import shutil
import stat
import tempfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nuages
from nuages.core.management.base import BaseCommand, CommandError, CommandParser
from nuages.core.management.utils import find_formatters, handle_extensions, run_formatters
from nuages.utils import archive
from nuages.utils._os import safe_join
from nuages.utils.version import get_docs_version

_URL_SCHEMES = ("http", "https", "ftp")
# So that tools do not take the templates for Python. All files of our own templates end so, and are rendered.
_TEMPLATE_SUFFIX = "-tpl"


class TemplateCommand(BaseCommand):
    """Copies a directory, an archive or what lies at an address; Python files are rendered as templates."""

    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="Name of the application or project.")
        parser.add_argument(
            "directory", nargs="?", help="Optional destination directory, this will be created if needed."
        )
        parser.add_argument("--template", help="The path or URL to load the template from.")
        parser.add_argument(
            "--extension",
            "-e",
            dest="extensions",
            action="append",
            default=["py"],
            help='The file extension(s) to render (default: "py"). Separate multiple extensions with commas, or use -e '
            "multiple times.",
        )
        parser.add_argument(
            "--name",
            "-n",
            dest="files",
            action="append",
            default=[],
            help="The file name(s) to render. Separate multiple file names with commas, or use -n multiple times.",
        )
        parser.add_argument(
            "--exclude",
            "-x",
            action="append",
            nargs="?",
            const="",
            help="The directory name(s) to exclude, in addition to .git and __pycache__. Can be used multiple times.",
        )

    def handle(self, app_or_project: str, name: str, target: str | None = None, **options: Any) -> None:
        self.app_or_project = app_or_project
        self.a_or_an = "an" if app_or_project == "app" else "a"
        self.verbosity = options["verbosity"]
        self.paths_to_remove: list[str] = []
        self.validate_name(name)
        top = self._destination(name, target)
        extensions = tuple(handle_extensions(options["extensions"]))
        named = [name for option in options["files"] for name in option.split(",")]
        excluded = self._excluded(options.get("exclude"))
        formatters = find_formatters()
        try:
            source = Path(self.handle_template(options["template"], f"{app_or_project}_template"))
            context = self._context(name, top, options)
            written = self._write_all(source, top, name, context, (extensions, named, excluded))
        finally:
            for path in self.paths_to_remove:
                shutil.rmtree(path, ignore_errors=True) if os.path.isdir(path) else os.remove(path)
        run_formatters([top] if formatters.get("black_path") else written, **formatters, stderr=self.stderr)

    # --- where ---

    def _destination(self, name: str, target: str | None) -> Path:
        """Return the directory to write into, made if it is missing."""
        top = Path.cwd() / name if target is None else Path(os.path.abspath(os.path.expanduser(target)))
        # A directory that is there already may well be importable from here.
        if self.app_or_project == "app" and target is not None and not top.is_dir():
            self.validate_name(top.name, "directory")
        try:
            if target is None:
                top.mkdir()
            else:
                top.mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise CommandError(f"'{top}' already exists") from None
        except OSError as error:
            raise CommandError(error) from error
        return top

    def validate_name(self, name: str | None, name_or_dir: str = "name") -> None:
        """Refuse a name that is no identifier, or under which something can be imported already."""
        what = self.app_or_project if name_or_dir == "name" else f"{self.app_or_project} directory"
        if name is None:
            raise CommandError(f"you must provide {self.a_or_an} {self.app_or_project} name")
        if not name.isidentifier():
            raise CommandError(
                f"'{name}' is not a valid {self.app_or_project} {name_or_dir}. Please make sure the {name_or_dir} is a "
                "valid identifier."
            )
        # Found without being imported: what it would do then is nobody's wish.
        if find_spec(name) is not None:
            raise CommandError(
                f"'{name}' conflicts with the name of an existing Python module and cannot be used as {self.a_or_an} "
                f"{what if name_or_dir == 'directory' else f'{self.app_or_project} name'}. Please try another "
                f"{name_or_dir}."
            )

    def _excluded(self, options: Any) -> set[str]:
        excluded = {".git", "__pycache__"}
        if options is None:
            return excluded | {".*"}
        for option in options:
            excluded.update(name.strip() for name in (option or "").split(",") if name.strip())
        return excluded

    # --- what ---

    def _context(self, name: str, top: Path, options: dict[str, Any]) -> dict[str, Any]:
        kind = self.app_or_project
        return {
            **options,
            f"{kind}_name": name,
            f"{kind}_directory": str(top),
            f"camel_case_{kind}_name": "".join(part.title() for part in name.split("_")),
            "docs_version": get_docs_version(),
            "django_version": nuages.get_version(),
            "package": _package_name(),
        }

    def _write_all(
        self, source: Path, top: Path, name: str, context: dict[str, Any], rules: tuple[Any, ...]
    ) -> list[Path]:
        """Write every file of the template; return what was written."""
        from nuages.conf import settings
        from nuages.template import Context, Engine

        # A new project has no settings yet, and tags may ask for some.
        if not settings.configured:
            settings.configure()
        extensions, named, excluded = rules
        engine = Engine()
        variables = Context(context, autoescape=False)
        base_name = f"{self.app_or_project}_name"
        options_template = context["template"]
        written = []
        for path in _files(source, excluded):
            relative = str(path.relative_to(source)).replace(base_name, name)
            ours = options_template is None and relative.endswith(_TEMPLATE_SUFFIX)
            target = top / (relative.removesuffix(_TEMPLATE_SUFFIX) if ours else _renamed(relative))
            if target.exists():
                raise CommandError(
                    f"{target} already exists. Overlaying {self.a_or_an} {self.app_or_project} into an existing "
                    "directory won't replace conflicting files."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            if ours or str(target).endswith(extensions) or path.name in named:
                text = engine.from_string(path.read_text(encoding="utf-8")).render(variables)
                target.write_text(text, encoding="utf-8")
            else:
                shutil.copyfile(path, target)
            written.append(target)
            if self.verbosity >= 2:
                self.stdout.write(f"Creating {target}")
            self._copy_mode(path, target)
        return written

    def _copy_mode(self, source: Path, target: Path) -> None:
        """Let an executable file be one, as far as the user's umask goes; let others be writable."""
        try:
            mask = os.umask(0)
            os.umask(mask)
            mode = stat.S_IMODE(source.stat().st_mode) | stat.S_IWUSR
            target.chmod(mode & ~mask)
        except OSError:
            self.stderr.write(
                f"Notice: Couldn't set permission bits on {target}. You're probably using an uncommon filesystem setup. "
                "No problem.",
                self.style.NOTICE,
            )

    # --- the template ---

    def handle_template(self, template: str | None, subdir: str) -> str:
        """Return the directory of a template: ours, a path, or what an archive or an address holds."""
        if template is None:
            return os.path.join(nuages.__path__[0], "conf", subdir)
        template = template.removeprefix("file://")
        path = os.path.normpath(os.path.expanduser(template))
        if os.path.isdir(path):
            return path
        if urlsplit(template).scheme in _URL_SCHEMES:
            absolute = self.download(template)
        else:
            absolute = os.path.abspath(path)
        if os.path.exists(absolute):
            return self.extract(absolute)
        raise CommandError(f"couldn't handle {self.app_or_project} template {template}.")

    def download(self, url: str) -> str:
        """Fetch an archive and return where it is."""
        from urllib.request import Request, urlopen

        # Services such as GitHub make addresses with a slash at the end.
        name = posixpath.basename(urlsplit(url).path.rstrip("/"))
        if self.verbosity >= 2:
            self.stdout.write(f"Downloading {url}")
        directory = tempfile.mkdtemp(prefix=f"nuages_{self.app_or_project}_template_")
        self.paths_to_remove.append(directory)
        request = Request(url, headers={"User-Agent": f"Django/{nuages.get_version()}"})
        try:
            with urlopen(request) as response:
                name = response.headers.get_filename() or name
                target = safe_join(directory, name)
                with open(target, "wb") as file:
                    shutil.copyfileobj(response, file)
        except OSError as error:
            raise CommandError(f"couldn't download URL {url} to {name}: {error}") from error
        return target

    def extract(self, filename: str) -> str:
        """Unpack an archive and return where."""
        directory = tempfile.mkdtemp(prefix=f"nuages_{self.app_or_project}_template_", suffix="_extract")
        self.paths_to_remove.append(directory)
        if self.verbosity >= 2:
            self.stdout.write(f"Extracting {filename}")
        try:
            archive.extract(filename, directory)
        except (archive.ArchiveException, OSError) as error:
            raise CommandError(f"couldn't extract file {filename} to {directory}: {error}") from error
        return directory


def _package_name() -> str:
    from nuages.compat import spelled

    return spelled("nuages")


def _renamed(path: str) -> str:
    return path.removesuffix(_TEMPLATE_SUFFIX) if path.endswith(".py-tpl") else path


def _files(source: Path, excluded: set[str]) -> Iterator[Path]:
    """Yield the files of a template, without those that Python or version control left there."""
    for path in sorted(source.iterdir()):
        if path.is_dir():
            hidden = ".*" in excluded and path.name.startswith(".")
            if not hidden and path.name not in excluded:
                yield from _files(path, excluded)
        elif path.suffix not in (".pyc", ".pyo", ".class"):
            yield path
