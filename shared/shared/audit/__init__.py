"""Audit trail: entries linked into a hash chain, verified against heads that other services remember."""
