"""Backlog alerts: contacts that wait too long for a case or a reading."""
