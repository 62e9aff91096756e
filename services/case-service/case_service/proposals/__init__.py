"""Proposals: acts that two people sign, the second of them a safeguarding lead."""
