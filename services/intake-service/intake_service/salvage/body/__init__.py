"""Bodies of requests, read as text and as values, whatever form they are in."""
