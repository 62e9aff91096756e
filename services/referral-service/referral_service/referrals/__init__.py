"""Referrals: what was shared with one agency about one case, and what the agency did with it."""
