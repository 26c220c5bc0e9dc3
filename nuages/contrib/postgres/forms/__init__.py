"""Form fields for types that only PostgreSQL has."""

from nuages.contrib.postgres.forms.array import *  # noqa: F403
from nuages.contrib.postgres.forms.hstore import *  # noqa: F403
from nuages.contrib.postgres.forms.ranges import *  # noqa: F403
