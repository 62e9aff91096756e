"""Simulation: synthetic reports, advisers and agencies that exercise the whole system."""
