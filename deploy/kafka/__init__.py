"""A real Apache Kafka for one machine, and what the platform asks of one in production."""
