"""Template engines behind one interface."""
