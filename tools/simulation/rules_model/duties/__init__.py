"""Duties of the model: their deadlines, the life of one, and what gives way when more is said."""
