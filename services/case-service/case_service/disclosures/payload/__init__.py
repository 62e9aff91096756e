"""Payload of a disclosure, part by part: what the decision names, and nothing that slips along with it."""
