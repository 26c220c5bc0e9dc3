"""The signals models send while they are defined, made, saved, deleted and migrated.

A receiver may name its sender before the model exists: `post_save.connect(handler, sender="blog.Post")` is
completed when the registry learns the model.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from nuages.dispatch import Signal

__all__ = [
    "ModelSignal",
    "class_prepared",
    "m2m_changed",
    "post_delete",
    "post_init",
    "post_migrate",
    "post_save",
    "pre_delete",
    "pre_init",
    "pre_migrate",
    "pre_save",
]

Receiver = Callable[..., Any]

#: Sent once for each model class, when all passes of its definition are done.
class_prepared = Signal()


class ModelSignal(Signal):
    """A signal whose `sender` may also be written `"app_label.ModelName"`, before that model is loaded."""

    def connect(
        self,
        receiver: Receiver,
        sender: Any = None,
        weak: bool = True,
        dispatch_uid: Any = None,
        apps: Any = None,
    ) -> Any:
        connect = partial(super().connect, receiver, weak=weak, dispatch_uid=dispatch_uid)
        return self._with_sender(connect, receiver, sender, apps)

    def disconnect(
        self, receiver: Receiver | None = None, sender: Any = None, dispatch_uid: Any = None, apps: Any = None
    ) -> Any:
        disconnect = partial(super().disconnect, receiver, dispatch_uid=dispatch_uid)
        return self._with_sender(disconnect, receiver, sender, apps)

    def _with_sender(self, act: Callable[..., Any], receiver: Any, sender: Any, apps: Any) -> Any:
        if not isinstance(sender, str):
            return act(sender=sender)
        # Imported here: the registry itself imports no models, but this module is loaded while it may be half made.
        from nuages.db.models.utils import make_model_tuple

        if apps is None:
            from nuages.apps import apps as project_apps

            apps = project_apps
        # At once where the model is known; either way nothing is told of a receiver by a lazy sender.
        apps.lazy_model_operation(_when_defined(act, self, receiver), make_model_tuple(sender))
        return None


def _when_defined(act: Callable[..., Any], signal: ModelSignal, receiver: Any) -> Callable[[Any], None]:
    def go_on(model: Any) -> None:
        act(sender=model)

    # Told to the system check about senders that never come.
    go_on.waiting_connection = (signal, receiver)  # type: ignore[attr-defined]
    return go_on


# Of instances: around making, saving and deleting one; after its many-to-many links changed.
pre_init, post_init = ModelSignal(use_caching=True), ModelSignal(use_caching=True)
pre_save, post_save = ModelSignal(use_caching=True), ModelSignal(use_caching=True)
pre_delete, post_delete = ModelSignal(use_caching=True), ModelSignal(use_caching=True)
m2m_changed = ModelSignal(use_caching=True)

# Of apps, around the migration of each.
pre_migrate, post_migrate = Signal(), Signal()
