-- Bus in one database: the events (log), the end of each partition (log_ends), the offset of each group (group_offsets).
-- Written so that it may run again on every start.

create table if not exists log_ends (
    topic text not null,
    partition smallint not null,
    next_offset bigint not null default 0,
    constraint log_ends_pk primary key (topic, partition),
    constraint log_ends_offset_counts_up check (next_offset >= 0)
);

create table if not exists log (
    topic text not null,
    partition smallint not null,
    log_offset bigint not null,
    headers jsonb not null,
    body bytea,
    constraint log_pk primary key (topic, partition, log_offset)
) partition by list (topic);

create table if not exists members (
    group_name text not null,
    member uuid not null,
    topics text[] not null,
    joined bigint not null generated always as identity,
    alive_until timestamptz not null,
    constraint members_pk primary key (group_name, member)
);

create table if not exists group_offsets (
    group_name text not null,
    topic text not null,
    partition smallint not null,
    next_offset bigint not null default 0,
    owner uuid,
    constraint group_offsets_pk primary key (group_name, topic, partition)
) with (fillfactor = 50); -- commits then stay on their page and leave nothing to vacuum

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'The log of the bus is only ever added to';
end $$;

create or replace trigger log_is_append_only before update or delete on log
for each row execute function refuse_change();

-- One table per topic.
create or replace function add_topic(new_topic text, partitions integer) returns void language plpgsql as $$
begin
    execute format('create table if not exists %I partition of log for values in (%L)', 'log_' || new_topic, new_topic);
    insert into log_ends (topic, partition) select new_topic, generate_series(0, partitions - 1) on conflict do nothing;
end $$;

-- Renews a member's lease and balances partitions: a member above its fair share gives partitions back, one below takes
-- free ones. One statement, so that a member that hangs blocks no other. Returns the partitions that the member owns.
create or replace function heartbeat(this_group text, me uuid, my_topics text[], lease interval)
returns table (topic text, partition smallint, next_offset bigint) language plpgsql as $$
#variable_conflict use_column
declare
    this_topic text;
    share bigint;
    owned bigint;
    changed boolean := false;
begin
    perform pg_advisory_xact_lock(hashtextextended('bus group ' || this_group, 0));
    delete from members where group_name = this_group and member <> me and alive_until < clock_timestamp();
    update members set alive_until = clock_timestamp() + lease where group_name = this_group and member = me;
    if not found then
        insert into members (group_name, member, topics, alive_until)
        values (this_group, me, my_topics, clock_timestamp() + lease);
        insert into group_offsets (group_name, topic, partition)
        select this_group, h.topic, h.partition from log_ends h where h.topic = any (my_topics) on conflict do nothing;
        changed := true;
    end if;
    update group_offsets p set owner = null where p.group_name = this_group and p.owner is not null
    and not exists (select from members m where m.group_name = this_group and m.member = p.owner);
    foreach this_topic in array my_topics loop
        share := fair_share(this_group, me, this_topic);
        select count(*) into owned from group_offsets p
        where p.group_name = this_group and p.topic = this_topic and p.owner = me;
        if owned > share then
            update group_offsets p set owner = null where p.group_name = this_group and p.topic = this_topic
            and p.partition in (select q.partition from group_offsets q where q.group_name = this_group
                and q.topic = this_topic and q.owner = me order by q.partition desc limit owned - share);
            changed := true;
        elsif owned < share then
            update group_offsets p set owner = me where p.group_name = this_group and p.topic = this_topic
            and p.partition in (select q.partition from group_offsets q where q.group_name = this_group
                and q.topic = this_topic and q.owner is null order by q.partition limit share - owned);
        end if;
    end loop;
    if changed then
        perform pg_notify('bus_members', this_group);
    end if;
    return query select p.topic, p.partition, p.next_offset from group_offsets p
    where p.group_name = this_group and p.owner = me order by p.topic, p.partition;
end $$;

-- The oldest members get the partitions that are left over, so that a new member moves as few as possible.
create or replace function fair_share(this_group text, me uuid, this_topic text) returns bigint language sql stable as $$
    select p.n / m.n + case when m.elder < p.n % m.n then 1 else 0 end
    from (select count(*) as n from group_offsets where group_name = this_group and topic = this_topic) p,
    (select count(*) as n, count(*) filter (where joined < (
        select joined from members where group_name = this_group and member = me)) as elder
    from members where group_name = this_group and this_topic = any (topics)) m
$$;

create or replace function leave(this_group text, me uuid) returns void language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('bus group ' || this_group, 0));
    delete from members where group_name = this_group and member = me;
    update group_offsets set owner = null where group_name = this_group and owner = me;
    perform pg_notify('bus_members', this_group);
end $$;
