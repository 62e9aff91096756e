"""Calls to other services, and the tokens they are made with."""
