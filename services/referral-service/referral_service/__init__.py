"""Referral service: sends authorised disclosures to agencies and records their answers."""
