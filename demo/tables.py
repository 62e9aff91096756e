"""What a person sees when a demonstration is over: who was told what, what stayed, and how long it took."""

from collections import Counter
from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from demo.office import Json
from demo.partners import Partners
from demo.people import Notes
from demo.result import Result, percentile
from demo.stage import Outcome

GROUPS = {"S": "situation", "A": "account", "P": "persons", "R": "reporter", "H": "handling"}


def show(console: Console, result: Result, outcome: Outcome, partners: Partners, notes: Notes) -> None:
    for table in (
        shared(outcome),
        withheld(outcome, notes),
        duties(result),
        durations(result),
        people(notes, partners),
    ):
        console.print(table)


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", header_style="bold")
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="left" if number == 0 or not heading.startswith("#") else "right")
    return table


def shared(outcome: Outcome) -> Table:
    """What left, to which kind of recipient, on which grounds, and what it was made of."""
    messages: Counter[tuple[str, str]] = Counter()
    bodies: dict[tuple[str, str], set[str]] = {}
    groups: dict[tuple[str, str], set[str]] = {}
    for disclosure in _disclosures(outcome):
        for record in disclosure["records"][-1:]:
            key = (disclosure["recipient"], " + ".join(record["grounds"]))
            messages[key] += 1
            bodies.setdefault(key, set()).add(disclosure["body"])
            groups.setdefault(key, set()).update(item[0] for item in record["items"])
    table = _table("What was shared", "with whom", "on which ground", "# messages", "# agencies", "made of")
    for key, number in sorted(messages.items()):
        made_of = ", ".join(word for letter, word in GROUPS.items() if letter in groups[key])
        table.add_row(*key, str(number), str(len(bodies[key])), made_of)
    return table


def withheld(outcome: Outcome, notes: Notes) -> Table:
    """What stayed, and why: refused at the desk, at the moment of leaving, and left out of what went."""
    whole: Counter[tuple[str, str]] = Counter()
    for why, number in notes.refused.items():
        whole["refused when it was asked for", why] += number
    for disclosure in _disclosures(outcome):
        if disclosure["state"] == "withheld":
            whole["refused at the moment of leaving", str(disclosure["reason"])] += 1
        for record in disclosure["records"][-1:]:
            for group, why in {(entry[0], entry.rsplit(":", 1)[-1]) for entry in record["withheld"]}:
                whole[f"left out: {GROUPS[group]}", why] += 1
    table = _table("What was withheld", "what", "why", "# times")
    for (what, why), number in sorted(whole.items()):
        table.add_row(what, why.replace("_", " "), str(number))
    return table


def duties(result: Result) -> Table:
    tally = result.tally
    table = _table("What had to be shared", "how it was answered for", "# legs")
    for words, number in (
        ("acknowledged by the agency", tally.acknowledged),
        ("handed over by telephone", tally.handed_over),
        ("an open task of a named person", tally.open_with_person),
        ("stood down by two people", tally.stood_down),
        ("by nobody", len(tally.unaccounted)),
    ):
        table.add_row(words, str(number))
    table.add_row("[bold]together[/]", f"[bold]{tally.forced_legs}[/]")
    return table


def durations(result: Result) -> Table:
    headings = ("because of", "# acknowledged", "# half within", "# 90 % within", "# longest")
    table = _table("From report to acknowledgement", *headings)
    for ground, seconds in sorted(result.seconds.items()):
        ordered = sorted(seconds)
        figures = (percentile(ordered, 0.5), percentile(ordered, 0.9), ordered[-1])
        table.add_row(ground, str(len(ordered)), *(f"{one:.1f} s" for one in figures))
    return table


def people(notes: Notes, partners: Partners) -> Table:
    table = _table("What people and agencies did", "", "# times")
    in_effect = sum(one.in_effect for one in partners.arrivals)
    for words, number in sorted(notes.done.items()):
        table.add_row(words, str(number))
    for words, number in sorted(notes.too_late.items()):
        table.add_row(f"came too late: {words}", str(number))
    table.add_row("messages that reached an agency", str(len(partners.arrivals)))
    table.add_row("  of these new to it", str(in_effect))
    for words, number in sorted(partners.troubles.items()):
        table.add_row(f"agency in trouble: {words}", str(number))
    return table


def _disclosures(outcome: Outcome) -> Iterable[Json]:
    return (one for listed in outcome.disclosures.values() for one in listed)
