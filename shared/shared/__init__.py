"""Code that every service of the helpline is built on.

Packages, from the outermost to the innermost; each imports only from those below it:

    runtime         command line, supervisor, checks before start
    http            application, problems, access, idempotency, pagination, health
    service         a service as a value, its settings, the context of a running process
    identity        tokens of the sign-in provider, and who they stand for
    clients         calls to other services
    audit           audit trail, linked into a hash chain
    messaging       outbox relay, bus, consumer, dead letters
    db              unit of work, tables, data keys, leases, notifications, migrations
    events          every event that one service announces to others
    crypto          keyring and vault
    domain          vocabulary, ages, geography, postcodes
    observability   logs and metrics

Single modules at the bottom: `errors`, `clock`, `ids`, `backoff`, `cancellation`, `crash_points`.
"""
