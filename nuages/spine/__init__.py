"""The colourless core: plain synchronous code that waits for the outside in whatever lane it runs.

The whole framework is written once, as plain code. Its leaves call `wait`; what that does depends on where
they run: a worker greenlet on the event loop (cooperative), a pooled thread, or a script without a loop
(both blocking). See docs/colour.md.
"""

from nuages.spine.colour import call, cooperative, is_async, is_cooperative
from nuages.spine.guard import Guard
from nuages.spine.lanes import ThreadLane, WorkerLane
from nuages.spine.offloading import offload
from nuages.spine.scope import Scope, current_scope
from nuages.spine.tasks import leave_on_loop, task_factory
from nuages.spine.twins import twin
from nuages.spine.waiting import wait
from nuages.spine.worker import in_worker, spawn

__all__ = [
    "Guard",
    "Scope",
    "ThreadLane",
    "WorkerLane",
    "call",
    "cooperative",
    "current_scope",
    "in_worker",
    "is_async",
    "is_cooperative",
    "leave_on_loop",
    "offload",
    "spawn",
    "task_factory",
    "twin",
    "wait",
]
