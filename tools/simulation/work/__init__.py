"""People of a simulation: advisers and leads who work on cases, and whoever is on call for the tasks."""
