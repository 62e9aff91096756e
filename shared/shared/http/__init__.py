"""HTTP side of a service: application, problems, access, idempotency, pagination and health."""
