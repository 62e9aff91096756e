"""Sources: which reporters are named to agencies that an override forces to be told (fact 3)."""
