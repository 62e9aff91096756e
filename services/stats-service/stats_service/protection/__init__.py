"""Protection: rounding that keeps small numbers unknowable."""
