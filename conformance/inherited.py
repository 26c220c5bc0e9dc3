"""Copied beside the suite, as `sitecustomize` of processes that its tests start with a path of their own."""

import os
import runpy
import sys

# Unset where Django itself runs the suite.
if root := os.environ.get("CONFORMANCE_ROOT"):
    sys.path.insert(0, root)
    runpy.run_path(os.path.join(root, "conformance", "prelude.py"))
