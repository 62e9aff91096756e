"""Intake service: receives reports and lists contacts for advisers."""
