"""Simulated partner agencies: they receive, acknowledge, decline, and some have faults."""
