"""What every service of the helpline shares: rules, sealing, events, and the way a fact travels."""
