"""Vocabulary, ages, geography and postcodes: reference data and rules without state."""
