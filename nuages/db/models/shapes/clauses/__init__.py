"""One file a clause: how its arguments are read, how a draft is extended by it, how it is written."""
