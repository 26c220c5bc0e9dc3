"""Third and fourth stage: nodes to Python.

`scope` says which names a piece of template reads and sets, `emitter` builds the function's syntax tree, `unit`
compiles and calls it, `runtime` holds what the generated code calls.
"""
