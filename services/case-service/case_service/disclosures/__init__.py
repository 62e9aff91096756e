"""Disclosures: what may leave, what was issued, withheld, recalled and why."""
