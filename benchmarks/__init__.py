"""How fast a report is taken in, and how soon the right agency has it; each figure with the machine it is from."""
