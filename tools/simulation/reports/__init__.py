"""Synthetic reports and what is planned for each."""
