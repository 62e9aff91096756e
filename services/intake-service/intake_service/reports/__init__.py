"""Reports from the public and from apps."""
