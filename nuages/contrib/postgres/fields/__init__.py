"""Fields of types that only PostgreSQL has."""

from nuages.contrib.postgres.fields.array import *  # noqa: F403
from nuages.contrib.postgres.fields.hstore import *  # noqa: F403
from nuages.contrib.postgres.fields.ranges import *  # noqa: F403
from nuages.contrib.postgres.fields.removed import *  # noqa: F403
