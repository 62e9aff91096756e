"""Access links: one-time links with which an agency without an endpoint reads and acknowledges a referral."""
