"""Consent ledger: what each person said may be shared."""
