"""Keyring and vault: data keys, sealed fields and blind indexes."""
