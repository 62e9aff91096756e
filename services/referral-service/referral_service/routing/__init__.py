"""Routing: the agencies responsible for a place, and how each is reached at a given hour."""
