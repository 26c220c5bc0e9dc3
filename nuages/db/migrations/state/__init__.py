"""The project's models at some point of its history, without their code.

`model_state` describes one model, `project_state` all of them and how operations change them, `rendering` makes
classes of them for queries and the schema editor.
"""

from __future__ import annotations

from nuages.db.migrations.state.model_state import ModelState
from nuages.db.migrations.state.project_state import ProjectState
from nuages.db.migrations.state.rendering import (
    AppConfigStub,
    StateApps,
    get_related_models_recursive,
    get_related_models_tuples,
)

__all__ = [
    "AppConfigStub",
    "ModelState",
    "ProjectState",
    "StateApps",
    "get_related_models_recursive",
    "get_related_models_tuples",
]
