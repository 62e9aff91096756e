"""Measures: definitions, periods, queries and exact counts."""
