"""Results of a simulation: what should have been shared, what was, and what is wrong."""
