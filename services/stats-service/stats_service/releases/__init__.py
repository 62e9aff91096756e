"""Releases: published months, fixed once published."""
