"""Merging: two cases that prove to be one matter become one case, with every duty of both (fact 13)."""
