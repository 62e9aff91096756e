"""Assessment of a case and the classification that follows from it."""
