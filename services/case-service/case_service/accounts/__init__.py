"""Accounts: the words of each contact, as its reporter said them."""
