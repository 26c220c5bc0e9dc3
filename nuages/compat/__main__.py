"""`python -m nuages.compat script.py [arguments]`: run a script written for Django on nuages."""

from __future__ import annotations

import sys

from nuages.compat.running import run_script

if __name__ == "__main__":
    sys.exit(run_script(sys.argv[1:]))
