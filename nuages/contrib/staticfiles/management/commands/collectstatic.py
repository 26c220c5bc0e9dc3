"""`manage.py collectstatic`: bring the static files of all apps into one place."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from nuages.apps import apps
from nuages.contrib.staticfiles.finders import get_finders
from nuages.contrib.staticfiles.storage import staticfiles_storage
from nuages.core.checks import Tags
from nuages.core.files.storage import FileSystemStorage
from nuages.core.management.base import BaseCommand, CommandError
from nuages.core.management.color import no_style
from nuages.utils.functional import cached_property


class Command(BaseCommand):
    """Copies or links files, and has the storage work on them."""

    help = "Collect static files in a single location."
    requires_system_checks: Any = [Tags.staticfiles]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.copied_files: list[str] = []
        self.symlinked_files: list[str] = []
        self.unmodified_files: list[str] = []
        self.post_processed_files: list[str] = []
        self.skipped_files: list[str] = []
        self.deleted_files: list[str] = []
        self.storage = staticfiles_storage
        self.style = no_style()

    @cached_property
    def local(self) -> bool:
        """Whether the files end up on this machine."""
        try:
            self.storage.path("")
        except NotImplementedError:
            return False
        return True

    def add_arguments(self, parser: Any) -> None:
        def flag(*names: str, dest: str, value: bool = True, help: str) -> None:
            parser.add_argument(*names, dest=dest, action=f"store_{str(value).lower()}", help=help)

        flag(
            "--noinput",
            "--no-input",
            dest="interactive",
            value=False,
            help="Do NOT prompt the user for input of any kind.",
        )
        flag(
            "--no-post-process", dest="post_process", value=False, help="Do NOT post process collected files."
        )
        told = (
            "Ignore files or directories matching this glob-style pattern. Use multiple times to ignore more."
        )
        pattern = {"dest": "ignore_patterns", "action": "append", "default": [], "metavar": "PATTERN"}
        parser.add_argument("-i", "--ignore", help=told, **pattern)
        flag("-n", "--dry-run", dest="dry_run", help="Do everything except modify the filesystem.")
        flag(
            "-c",
            "--clear",
            dest="clear",
            help="Clear the existing files using the storage before trying to copy or link the original file.",
        )
        flag("-l", "--link", dest="link", help="Create a symbolic link to each file instead of copying.")
        flag(
            "--no-default-ignore",
            dest="use_default_ignore_patterns",
            value=False,
            help="Don't ignore the common private glob-style patterns (defaults to 'CVS', '.*' and '*~').",
        )

    def set_options(self, **options: Any) -> None:
        """Take the options over."""
        self.interactive, self.verbosity = options["interactive"], options["verbosity"]
        self.symlink, self.clear, self.dry_run = options["link"], options["clear"], options["dry_run"]
        self.post_process = options["post_process"]
        ignored = list(options["ignore_patterns"])
        if options["use_default_ignore_patterns"]:
            ignored += getattr(apps.get_app_config("staticfiles"), "ignore_patterns", [])
        self.ignore_patterns = list({os.path.normpath(pattern) for pattern in ignored})

    # --- the work ---------------------------------------------------------------------------------------------

    def collect(self) -> dict[str, list[str]]:
        """Do it; return the names of files by what was done with them."""
        if self.symlink and not self.local:
            raise CommandError("Can't symlink to a remote destination.")
        if self.clear:
            self._refuse_to_clear_sources()
            self.clear_dir("")
        take = self.link_file if self.symlink else self.copy_file
        found: dict[str, tuple[Any, str]] = {}
        for finder in get_finders():
            for path, storage in finder.list(self.ignore_patterns):
                prefix = getattr(storage, "prefix", None)
                target = os.path.join(prefix, path) if prefix else path
                if target not in found:
                    found[target] = (storage, path)
                    take(path, target, storage)
                    continue
                self.skipped_files.append(target)
                self.log(
                    f"Found another file with the destination path '{target}'. It will be ignored since only the first "
                    "encountered file is collected. If this is not what you want, make sure every static file has a "
                    "unique path.",
                    level=2,
                )
        if self.post_process and hasattr(self.storage, "post_process"):
            self._post_process(found)
        return {
            "modified": [*self.copied_files, *self.symlinked_files],
            "unmodified": self.unmodified_files,
            "post_processed": self.post_processed_files,
            "skipped": self.skipped_files,
            "deleted": self.deleted_files,
        }

    def _refuse_to_clear_sources(self) -> None:
        """A wrong `STATIC_ROOT` must not cost anybody his project."""
        if not self.local:
            return
        place = Path(self.storage.path("")).resolve()
        inside = [Path.cwd(), *(Path(config.path) for config in apps.get_app_configs())]
        for folder in inside:
            if folder.resolve().is_relative_to(place):
                raise CommandError(
                    f"Refusing to clear '{place}': '{folder}' lies in it. Correct STATIC_ROOT."
                )

    def _post_process(self, found: dict[str, tuple[Any, str]]) -> None:
        for original, processed_path, processed in self.storage.post_process(found, dry_run=self.dry_run):
            if isinstance(processed, Exception):
                self.stderr.write(f"Post-processing '{original}' failed!")
                self.stderr.write("")
                raise CommandError(str(processed)) from processed
            if processed:
                self.log(f"Post-processed '{original}' as '{processed_path}'", level=2)
                self.post_processed_files.append(original)
            else:
                self.log(f"Skipped post-processing '{original}'")

    def handle(self, **options: Any) -> str | None:
        self.set_options(**options)
        if self.interactive and self._something_is_there():
            self._ask()
        counts = {kind: len(names) for kind, names in self.collect().items()}
        return self._summary(counts) if self.verbosity >= 1 else None

    def _something_is_there(self) -> bool:
        if not self.is_local_storage() or not self.storage.location:
            return True
        try:
            return bool(any(self.storage.listdir("")))
        except FileNotFoundError:
            return False

    def _ask(self) -> None:
        where = ":"
        if self.is_local_storage() and self.storage.location:
            where = f":\n\n    {self.storage.location}"
        doing = (
            "This will DELETE ALL FILES in this location!"
            if self.clear
            else "This will overwrite existing files!"
        )
        wish = " in DRY RUN mode" if self.dry_run else ""
        question = (
            f"\nYou have requested to collect static files{wish} at the destination\nlocation as specified in your "
            f"settings{where}\n\n{doing}\nAre you sure you want to do this?\n\n"
            "Type 'yes' to continue, or 'no' to cancel: "
        )
        if input(question) != "yes":
            raise CommandError("Collecting static files cancelled.")

    def _summary(self, counts: dict[str, int]) -> str:
        place = f" to '{self.storage.location}'" if self.is_local_storage() and self.storage.location else ""
        done = "symlinked" if self.symlink else "copied"
        files = "static file" if counts["modified"] == 1 else "static files"
        parts = [f"{counts['modified']} {files} {done}{place}"]
        if counts["unmodified"]:
            parts.append(f"{counts['unmodified']} unmodified")
        if counts["post_processed"]:
            parts.append(f"{counts['post_processed']} post-processed")
        if counts["skipped"]:
            parts.append(f"{counts['skipped']} skipped due to conflict")
        text = f"\n{', '.join(parts)}."
        if counts["deleted"]:
            gone = "static file" if counts["deleted"] == 1 else "static files"
            text = f"\n{counts['deleted']} {gone} deleted, {text.lstrip()}"
        return text

    def log(self, message: str, level: int = 2) -> None:
        """Say something from this verbosity on."""
        if self.verbosity >= level:
            self.stdout.write(message)

    def is_local_storage(self) -> bool:
        """Say whether the storage keeps files in a folder."""
        return isinstance(self.storage, FileSystemStorage)

    # --- single files -----------------------------------------------------------------------------------------

    def clear_dir(self, path: str) -> None:
        """Delete all files below a folder of the storage."""
        if not self.storage.exists(path):
            return
        folders, files = self.storage.listdir(path)
        for name in files:
            inside = os.path.join(path, name)
            self.deleted_files.append(inside)
            if self.dry_run:
                self.log(f"Pretending to delete '{inside}'", level=2)
                continue
            self.log(f"Deleting '{inside}'", level=2)
            try:
                full = self.storage.path(inside)
            except NotImplementedError:
                self.storage.delete(inside)
            else:
                # A link that leads nowhere does not exist, but is to go.
                if os.path.lexists(full) and not os.path.exists(full):
                    os.unlink(full)
                else:
                    self.storage.delete(inside)
        for name in folders:
            self.clear_dir(os.path.join(path, name))

    def delete_file(self, path: str, prefixed_path: str, source_storage: Any) -> bool:
        """Make room for a file; False where the one that is there is as new and may stay."""
        if not self.storage.exists(prefixed_path):
            return True
        if self._is_current(path, prefixed_path, source_storage):
            if prefixed_path not in self.unmodified_files:
                self.unmodified_files.append(prefixed_path)
            self.log(f"Skipping '{path}' (not modified)")
            return False
        if self.dry_run:
            self.log(f"Pretending to delete '{path}'")
        else:
            self.log(f"Deleting '{path}'")
            self.storage.delete(prefixed_path)
        return True

    def _is_current(self, path: str, prefixed_path: str, source: Any) -> bool:
        try:
            there = self.storage.get_modified_time(prefixed_path)
            here = source.get_modified_time(path)
        except (OSError, NotImplementedError):
            return False
        if self.local:
            full = self.storage.path(prefixed_path)
            # A file in a link's place or the other way round is not what was asked for.
            if os.path.islink(full) != self.symlink:
                return False
        # Many storages keep whole seconds only.
        return there.replace(microsecond=0) >= here.replace(microsecond=0)

    def link_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        """Link a file."""
        if prefixed_path in self.symlinked_files:
            self.log(f"Skipping '{path}' (already linked earlier)")
            return
        if not self.delete_file(path, prefixed_path, source_storage):
            return
        source = source_storage.path(path)
        if self.dry_run:
            self.log(f"Pretending to link '{source}'", level=1)
        else:
            self.log(f"Linking '{source}'", level=2)
            full = self.storage.path(prefixed_path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            if os.path.lexists(full):
                os.unlink(full)
            try:
                os.symlink(source, full)
            except NotImplementedError:
                raise CommandError("Symlinking is not supported in this platform.") from None
            except OSError as error:
                raise CommandError(str(error)) from error
        self.symlinked_files.append(prefixed_path)

    def copy_file(self, path: str, prefixed_path: str, source_storage: Any) -> None:
        """Copy a file."""
        if prefixed_path in self.copied_files:
            self.log(f"Skipping '{path}' (already copied earlier)")
            return
        if not self.delete_file(path, prefixed_path, source_storage):
            return
        source = source_storage.path(path)
        if self.dry_run:
            self.log(f"Pretending to copy '{source}'", level=1)
        else:
            self.log(f"Copying '{source}'", level=2)
            with source_storage.open(path) as file:
                self.storage.save(prefixed_path, file)
        self.copied_files.append(prefixed_path)
