"""Persons on a case: identity, age, places."""
