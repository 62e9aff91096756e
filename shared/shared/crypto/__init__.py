"""Keyring and vault: data keys, sealed fields and fingerprints."""
