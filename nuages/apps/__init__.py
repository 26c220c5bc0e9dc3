"""The applications of a project and the registry of their models; specified in ref/applications."""

from __future__ import annotations

from nuages.apps.config import AppConfig
from nuages.apps.registry import apps

__all__ = ["AppConfig", "apps"]
