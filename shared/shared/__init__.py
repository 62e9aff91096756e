"""What every service of the helpline shares: rules, sealing, events, and the way a fact travels.

The rules of sharing, pure
    sharing         who may be told what: every disclosure passes it at the moment of leaving
    duties          who must be told, and what an override forces
    age             whether somebody is a child today
    clocks          when silence shares, and when it becomes a person's task
    vocabulary      the words of the field, as closed lists
    geography       who protects people where
    postcodes       which council a postcode lies in, without asking anybody
    receipts        the seven words that let a person come back

Sealing
    vault           seals and opens what people said, each under a key that can be destroyed
    keyring         the file with the keys above those keys
    rewrapping      wraps stored keys anew after a rotation

Rows
    database        the unit of work: rows, audit entry and events in one commit
    tables          the tables that every service has, and what a column may hold
    together        what arrives together is written together
    leases          work that is a row, claimed by one worker at a time
    audit           the audit trail, linked into a chain
    witnesses       compares it with what the other services remember
    migrate         brings a database to this version's tables
    doorbell        wakes whoever waits for new rows

The way of an event
    events          every fact that one service tells the others
    relay           from the outbox to the bus
    bus             the bus, in PostgreSQL or on Apache Kafka
    consumer        from the bus to a reaction, once in effect
    under_way       what is being handled: matters side by side, one matter in order
    failed_events   what could not be handled, and holds back its own matter only

HTTP, coming in
    web             a service's application: problems, health, metrics
    access          who may do what, by the type of a parameter
    identity        who is calling, on the word of the sign-in provider
    identity_keys   the keys the provider signs with
    idempotency     a write that may be retried
    etags           a record that two people may edit
    cursors         where a list goes on
    errors          everything a caller can be told went wrong
    docs            the pages on which people try an API
    crowd           how many requests at once, and how long for a body
    connections     a connection that does not get on is let go
    senders         how often one sender came lately

HTTP, going out
    outbound            calls to other services and to agencies
    outbound_addresses  where a webhook may go
    outbound_names      finding an agency's address without holding up others
    service_tokens      how a service proves who it is
    answers             an answer is read only so far
    single_flight       what many ask for at once is fetched once

Running
    service         the commands of a service, its loops
    platform        what a running service holds in its hands; a service as a value
    settings        what an operator can set
    starting        what is made sure of before a start
    health          whether it lives, is ready, and how far behind it is
    metrics         what Prometheus may read
    logs            logs by allow-list
    clock           where the time of day enters
    ending          ends background tasks for certain
    fault_points    where a fault test may kill the process
"""
