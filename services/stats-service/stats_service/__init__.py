"""Statistics: what was learnt, counted exactly inside and published so that it harms nobody."""
