"""Tools for people who work on this project: local start, contracts, generated files, simulation."""
