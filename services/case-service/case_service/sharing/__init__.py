"""Sharing rules: pure functions of facts and time."""
