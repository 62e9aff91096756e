"""Facts without persons, fed by events."""
