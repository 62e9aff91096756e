"""Decisions: what may go to one recipient at one moment, and why the rest is withheld."""
