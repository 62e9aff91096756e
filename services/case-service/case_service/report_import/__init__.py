"""Import of reports from intake into their cases."""
