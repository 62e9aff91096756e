"""Running a service: command line, supervisor, checks before start."""
