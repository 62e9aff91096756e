"""Duties: the agencies that an override forces to be told, and the clock of each."""
