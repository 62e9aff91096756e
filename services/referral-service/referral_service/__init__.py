"""Referral: what may leave is brought to the agency that can act, and proved to have arrived."""
