"""Receipts: the words with which a contact is found again."""
