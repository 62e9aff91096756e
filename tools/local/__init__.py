"""Local start: PostgreSQL, issuer and services on one machine."""
