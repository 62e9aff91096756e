"""Directory of agencies and their contact points."""
