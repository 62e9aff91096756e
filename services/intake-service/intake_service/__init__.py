"""Intake: the front door, where people get in touch and the most urgent is seen first."""
