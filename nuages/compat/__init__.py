"""Running code written for Django: the import alias `django` -> `nuages`.

After `install()` an `import django.x.y` yields the module `nuages.x.y` itself, so classes are identical under
both names, even where Django is installed. Child processes inherit it through `python -m nuages.compat`.
"""

from nuages.compat.alias import install, installed
from nuages.compat.names import resolved, spelled

__all__ = ["install", "installed", "resolved", "spelled"]
