"""Sharing permissions: consent or a lead's decision lets an agency be told."""
