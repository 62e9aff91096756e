"""Agencies that this service knows: who answers where no place decides, and who is registered at referral."""
