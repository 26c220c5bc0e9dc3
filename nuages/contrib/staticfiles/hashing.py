"""Names that tell the content of files: `styles.css` is saved as `styles.55e7cbb9ba48.css` too.

Files refer to each other, so a file's name is known only when those it refers to have theirs: they are worked through
in that order. Files that refer to each other in a circle are gone over again until their names stay the same.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from collections.abc import Iterator, Mapping
from hashlib import md5
from typing import Any
from urllib.parse import SplitResult, unquote, urldefrag, urlsplit

from nuages.conf import settings
from nuages.contrib.staticfiles import references
from nuages.contrib.staticfiles.utils import matches_patterns
from nuages.core.files.base import ContentFile

Outcome = tuple[str | None, str | None, Any]


class HashedFilesMixin:
    """Gives files names with a hash of their content, and changes the references to them in other files."""

    default_template = """url("%(url)s")"""
    #: How often files that refer to each other in a circle are gone over.
    max_post_process_passes = 5
    #: Whether scripts that import modules are changed as well.
    support_js_module_import_aggregation = False
    patterns = references.PATTERNS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        patterns = self.patterns
        if self.support_js_module_import_aggregation:
            patterns = (*patterns, references.JS_MODULES)
        self._patterns = references.compiled(patterns, self.default_template)
        #: Name → hashed name.
        self.hashed_files: dict[str, str] = {}

    # --- names ------------------------------------------------------------------------------------------------

    def file_hash(self, name: str | None, content: Any = None) -> str | None:
        """Return what is put into the name of a file with this content; nothing for no change."""
        if content is None:
            return None
        # Not for security, so it works where MD5 is forbidden for that.
        digest = md5(usedforsecurity=False)
        for chunk in content.chunks():
            digest.update(chunk)
        return digest.hexdigest()[:12]

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """Return the hashed name of a file; the content is read where it is not given."""
        parts = urlsplit(unquote(name))
        clean = parts.path.strip()
        stored = clean if not filename else urlsplit(unquote(filename)).path.strip()
        if content is not None:
            digest = self.file_hash(clean, content)
        else:
            if not self.exists(stored):  # type: ignore[attr-defined]
                raise ValueError(f"The file '{stored}' could not be found with {self!r}.")
            try:
                opened = self.open(stored)  # type: ignore[attr-defined]
            except OSError:
                return name  # a folder, say
            try:
                digest = self.file_hash(clean, opened)
            finally:
                opened.close()
        folder, base = os.path.split(clean)
        root, extension = os.path.splitext(base)
        hashed = os.path.join(folder, f"{root}.{digest}{extension}" if digest else base)
        return _put_together(name, parts, hashed)

    def clean_name(self, name: str) -> str:
        """Return a name with slashes only."""
        return name.replace("\\", "/")

    def hash_key(self, name: str) -> str:
        """Return the key of a name in `hashed_files`."""
        return name

    def stored_name(self, name: str) -> str:
        """Return the hashed name of a file that was collected."""
        parts = urlsplit(unquote(name))
        clean = parts.path.strip()
        key = self.hash_key(clean)
        known = self.hashed_files.get(key)
        if known is None:
            known = self.hashed_files[key] = self.clean_name(self.hashed_name(clean))
        return _put_together(name, parts, known)

    def url(self, name: str, force: bool = False) -> str:
        """Return the address of a file: that of the hashed name, unless `DEBUG` is on."""
        if settings.DEBUG and not force:
            hashed, fragment = name, ""
        else:
            clean, fragment = urldefrag(name)
            is_folder = urlsplit(clean).path.endswith("/")
            hashed = name if is_folder else self.stored_name(clean)
        address = super().url(hashed)  # type: ignore[misc]
        # Fonts are asked for as "font.eot?#iefix" to keep old browsers from reading the rest.
        empty_query = "?#" in name
        if fragment or empty_query:
            parts = urlsplit(address)
            path = parts.path + ("?" if empty_query and not parts.query else "")
            address = parts._replace(path=path, fragment=parts.fragment or fragment).geturl()
        return unquote(address)

    # --- content ----------------------------------------------------------------------------------------------

    def get_ignored_blocks(self, content: str, pattern: re.Pattern[str]) -> list[tuple[int, int]]:
        """Return the parts of a file in which nothing is a reference."""
        return references.ignored_blocks(content, pattern)

    def post_process(
        self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Outcome]:
        """Save the collected files under their hashed names, with references to hashed names in them.

        Yields name, hashed name, and whether it was saved (or the error that kept it from being saved).
        """
        if not dry_run:
            yield from _Run(self, paths).work()

    def rules_for(self, name: str) -> list[references.Rule]:
        """Return the rules for references in a file of this name."""
        return [
            rule for glob, rules in self._patterns.items() if matches_patterns(name, [glob]) for rule in rules
        ]


class _Run:
    """One post-processing."""

    def __init__(self, storage: Any, paths: Mapping[str, Any]) -> None:
        self.storage, self.paths = storage, paths
        self.by_clean_name = {storage.clean_name(name): name for name in paths}
        self.hashed: dict[str, str] = {}
        # Files whose references are being followed, and those that were met again meanwhile.
        self.open: list[str] = []
        self.circular: set[str] = set()
        self.contents: dict[str, bytes] = {}

    def work(self) -> Iterator[Outcome]:
        storage = self.storage
        adjustable = [name for name in self.paths if storage.rules_for(name)]
        for name in adjustable:
            try:
                self.settle(name)
            except Exception as error:
                yield name, None, error
                # Without its name, those of files that refer to it would be wrong.
                return
        unsettled = self.go_round()
        if unsettled:
            yield ", ".join(sorted(unsettled)), None, RuntimeError("Max post-process passes exceeded.")
            return
        outcomes = []
        for name in self.paths:
            self.settle(name)
            saved = self.save(name)
            outcomes.append((name, self.hashed[name], saved))
        for name, hashed in self.hashed.items():
            storage.hashed_files[storage.hash_key(storage.clean_name(name))] = hashed
        yield from outcomes

    def read(self, name: str) -> bytes:
        source, path = self.paths[name]
        with source.open(path) as file:
            return file.read()

    def settle(self, name: str) -> None:
        """Find the hashed name of a file, after those of the files it refers to."""
        if name in self.hashed:
            return
        if name in self.open:
            self.circular.update(self.open[self.open.index(name) :])
            return
        self.open.append(name)
        content = self.adjusted(name)
        self.open.pop()
        self.contents[name] = content
        self.hashed[name] = self.named(name, content)

    def named(self, name: str, content: bytes) -> str:
        storage = self.storage
        return storage.clean_name(storage.hashed_name(name, ContentFile(content)))

    def go_round(self) -> set[str]:
        """Go over files that refer to each other until their names stay the same; return those that do not."""
        changing = set(self.circular)
        for _ in range(self.storage.max_post_process_passes):
            if not changing:
                break
            changing = set()
            for name in sorted(self.circular):
                content = self.adjusted(name)
                hashed = self.named(name, content)
                if hashed != self.hashed[name]:
                    changing.add(name)
                self.contents[name], self.hashed[name] = content, hashed
        return changing

    def adjusted(self, name: str) -> bytes:
        rules = self.storage.rules_for(name)
        content = self.read(name)
        if not rules:
            return content
        text = content.decode("utf-8")
        for rule in rules:
            text = references.replaced(name, text, rule, self.convert)
        return text.encode("utf-8")

    def convert(self, name: str, url: str, line: int) -> str | None:
        """Return what a reference becomes; None where it is none to a static file."""
        if references.points_elsewhere(url):
            return None
        base_url = self.storage.base_url
        if url.startswith("/") and not url.startswith(base_url):
            return None
        path, fragment = urldefrag(url)
        bare = unquote(urlsplit(path).path)
        if not bare:
            return None
        if url.startswith("/"):
            target = bare.removeprefix(base_url)
        else:
            target = posixpath.join(posixpath.dirname(self.storage.clean_name(name)), bare)
        target = posixpath.normpath(target)
        hashed = self.hashed_target(name, target, url, line)
        folder, _, _ = path.rpartition("/")
        query = urlsplit(path).query
        new = f"{folder}/" if "/" in path else ""
        new += unquote(posixpath.basename(hashed)) + (f"?{query}" if query else "")
        if fragment:
            new += ("?#" if "?#" in url else "#") + fragment
        return new

    def hashed_target(self, name: str, target: str, url: str, line: int) -> str:
        original = self.by_clean_name.get(target)
        if original is not None:
            self.settle(original)
            # In a circle, its own name serves until it has one.
            return self.hashed.get(original, target)
        try:
            return self.storage.hashed_name(target)
        except ValueError as error:
            message = (
                f"The file '{target}' could not be found with {self.storage!r}. It is referred to as {url!r} by "
                f"{name}:{line}: correct the reference, or have the file collected."
            )
            raise ValueError(message) from error

    def save(self, name: str) -> bool:
        storage, hashed = self.storage, self.hashed[name]
        adjustable = bool(storage.rules_for(name))
        if storage.exists(hashed):
            if not adjustable:
                return False  # the same content, or it would have another name
            storage.delete(hashed)
        storage._save(hashed, ContentFile(self.contents.pop(name)))
        return True


def _put_together(name: str, parts: SplitResult, path: str) -> str:
    if "?#" in name and not parts.query:
        path += "?"
    return parts._replace(path=path).geturl()


class ManifestFilesMixin(HashedFilesMixin):
    """Keeps the hashed names in a file, so that nothing has to be hashed while the site runs."""

    manifest_version = "1.1"
    manifest_name = "staticfiles.json"
    #: Whether a file that is not in the manifest is an error.
    manifest_strict = True

    def __init__(self, *args: Any, manifest_storage: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.manifest_storage: Any = self if manifest_storage is None else manifest_storage
        self.hashed_files, self.manifest_hash = self.load_manifest()

    def read_manifest(self) -> str | None:
        """Return the manifest as it is stored, if it is."""
        try:
            with self.manifest_storage.open(self.manifest_name) as manifest:
                return manifest.read().decode()
        except FileNotFoundError:
            return None

    def load_manifest(self) -> tuple[dict[str, str], str]:
        """Return the hashed names, and the hash of them all."""
        text = self.read_manifest()
        if text is None:
            return {}, ""
        try:
            stored = json.loads(text)
        except json.JSONDecodeError:
            stored = {}
        if stored.get("version") in ("1.0", "1.1"):
            return stored.get("paths", {}), stored.get("hash", "")
        raise ValueError(f"Couldn't load manifest '{self.manifest_name}' (version {self.manifest_version})")

    def save_manifest(self) -> None:
        """Store the manifest."""
        paths = sorted(self.hashed_files.items())
        self.manifest_hash = self.file_hash(None, ContentFile(json.dumps(paths).encode())) or ""
        stored = {"paths": dict(paths), "version": self.manifest_version, "hash": self.manifest_hash}
        if self.manifest_storage.exists(self.manifest_name):
            self.manifest_storage.delete(self.manifest_name)
        self.manifest_storage._save(self.manifest_name, ContentFile(json.dumps(stored).encode()))

    def post_process(
        self, paths: Mapping[str, Any], dry_run: bool = False, **options: Any
    ) -> Iterator[Outcome]:
        self.hashed_files = {}
        yield from super().post_process(paths, dry_run=dry_run, **options)
        if not dry_run:
            self.save_manifest()

    def stored_name(self, name: str) -> str:
        parts = urlsplit(unquote(name))
        clean = parts.path.strip()
        known = self.hashed_files.get(self.hash_key(clean))
        if known is None:
            if self.manifest_strict:
                raise ValueError(f"Missing staticfiles manifest entry for '{clean}'")
            known = self.clean_name(self.hashed_name(clean))
        return _put_together(name, parts, known)
