"""Deliveries: disclosures and recalls on their way to agencies' endpoints."""
