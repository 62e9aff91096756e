"""Dangers: imminent danger and life-threatening emergencies."""
