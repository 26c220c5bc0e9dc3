"""Which framework the site runs on. Imported for its effect by everything that a process may start with."""

import os

if os.environ.get("IMPLEMENTATION") == "nuages":
    from nuages.compat import install

    install()
