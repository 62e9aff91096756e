"""Redirections: another agency is chosen where one has declined (fact 9)."""
