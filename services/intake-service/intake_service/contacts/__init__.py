"""Contacts as advisers and the case service see them."""
