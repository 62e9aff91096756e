"""Events on their way: outbox relay, bus, consumer, dead letters."""
