"""Statistics service: counts events; exact for analysts, protected for the public."""
