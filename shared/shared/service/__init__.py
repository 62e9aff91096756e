"""Service as a value, its settings, and the context that a running process holds."""
