"""Salvage: a report is read out of whatever the public sends, and nothing of it is lost."""
