"""Executed at the start of every interpreter of a conformance run: `import django` means nuages there."""

from nuages.compat import install

install()
