"""Tasks and on-call shifts: what a named person must do by a time."""
