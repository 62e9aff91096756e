"""Tables at the end of a simulation: who was told what, what was withheld, and how long it took."""

from collections import Counter, defaultdict

from rich.console import Console
from rich.table import Table

from tools.simulation.partners.partner_agencies import PartnerAgencies
from tools.simulation.results.outcome import Outcome
from tools.simulation.results.result import Result, percentile
from tools.simulation.work.work_log import WorkLog

GROUPS = {"S": "situation", "A": "account", "P": "persons", "R": "reporter", "H": "handling"}


def show_tables(
    console: Console, result: Result, outcome: Outcome, partners: PartnerAgencies, log: WorkLog
) -> None:
    for table in (
        shared_table(outcome),
        withheld_table(outcome, log),
        duty_table(result),
        duration_table(result),
        work_table(log, partners),
    ):
        console.print(table)


def _table(title: str, *headings: str) -> Table:
    """Return an empty table; a heading that begins with # is over numbers."""
    table = Table(title=title, title_justify="left", header_style="bold")
    for heading in headings:
        table.add_column(heading, justify="right" if heading.startswith("#") else "left")
    return table


def shared_table(outcome: Outcome) -> Table:
    """Return what was sent: to which recipient kind, on which grounds, with which groups of fields."""
    disclosures: Counter[tuple[str, str]] = Counter()
    agencies: dict[tuple[str, str], set[str]] = defaultdict(set)
    groups: dict[tuple[str, str], set[str]] = defaultdict(set)
    for disclosure in outcome.all_disclosures:
        shared = [record for record in disclosure["records"] if record["outcome"] != "withheld"]
        for record in shared[-1:]:
            key = (disclosure["recipient_kind"], " + ".join(record["grounds"]))
            disclosures[key] += 1
            agencies[key].add(disclosure["agency_code"])
            groups[key].update(included["group"] for included in record["included"])
    headings = ("with whom", "on which ground", "# disclosures", "# agencies", "made of")
    table = _table("What was shared", *headings)
    for key, number in sorted(disclosures.items()):
        made_of = ", ".join(word for code, word in GROUPS.items() if code in groups[key])
        table.add_row(*key, str(number), str(len(agencies[key])), made_of)
    return table


def withheld_table(outcome: Outcome, log: WorkLog) -> Table:
    """Return what was withheld and why. Refused to an adviser, at the time of sending, or left out of a message."""
    counts: Counter[tuple[str, str]] = Counter()
    for reasons, number in log.refused.items():
        counts["refused when an adviser asked", reasons] += number
    for disclosure in outcome.all_disclosures:
        if disclosure["state"] == "withheld":
            counts["refused at the time of sending", str(disclosure["withheld_reason"])] += 1
        for record in disclosure["records"][-1:]:
            for group, reason in {(one["group"], one["reason"]) for one in record["withheld"]}:
                counts[f"left out: {GROUPS[group]}", reason] += 1
    table = _table("What was withheld", "what", "why", "# times")
    for (part, reason), number in sorted(counts.items()):
        table.add_row(part, reason.replace("_", " "), str(number))
    return table


def duty_table(result: Result) -> Table:
    tally = result.tally
    table = _table("What had to be shared", "how it was answered for", "# duties")
    for words, number in (
        ("acknowledged by the agency", tally.acknowledged),
        ("handed over by telephone", tally.handed_over),
        ("declined, and acknowledged by another agency", tally.elsewhere),
        ("declined, and ended by two people", tally.ended),
        ("an open task of a named person", tally.open_with_person),
        ("stood down by two people", tally.stood_down),
        ("by nobody", len(tally.unaccounted)),
    ):
        table.add_row(words, str(number))
    table.add_row("[bold]together[/]", f"[bold]{tally.duties}[/]")
    return table


def duration_table(result: Result) -> Table:
    headings = ("because of", "# acknowledged", "# half within", "# 90 % within", "# longest")
    table = _table("From report to acknowledgement", *headings)
    for ground, seconds in sorted(result.seconds.items()):
        ordered = sorted(seconds)
        figures = (percentile(ordered, 0.5), percentile(ordered, 0.9), ordered[-1])
        table.add_row(ground, str(len(ordered)), *(f"{one:.1f} s" for one in figures))
    return table


def work_table(log: WorkLog, partners: PartnerAgencies) -> Table:
    table = _table("What people and agencies did", "", "# times")
    in_effect = sum(one.in_effect for one in partners.received)
    for words, number in sorted(log.done.items()):
        table.add_row(words, str(number))
    for words, number in sorted(log.too_late.items()):
        table.add_row(f"came too late: {words}", str(number))
    table.add_row("messages that reached an agency", str(len(partners.received)))
    table.add_row("  of these new to it", str(in_effect))
    for words, number in sorted(partners.faults.items()):
        table.add_row(f"agency with a fault: {words}", str(number))
    return table
