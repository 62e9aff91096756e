"""Logs and metrics that hold codes and counts, never personal data."""
