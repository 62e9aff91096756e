"""Bus: one port, and an adapter for Apache Kafka and for PostgreSQL."""
