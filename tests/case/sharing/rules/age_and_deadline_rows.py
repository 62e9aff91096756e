"""Rows of ages and deadlines, a second time from the specification (sections 2 and 4): none is computed."""

from datetime import UTC, date, datetime
from typing import Any

AGE_ROWS: list[tuple[str, dict[str, Any], date, str | None]] = [
    ("the day before the birthday", {"date_of_birth": date(2008, 11, 4)}, date(2026, 11, 3), "child_stated"),
    ("the birthday", {"date_of_birth": date(2008, 11, 4)}, date(2026, 11, 4), "adult_stated"),
    ("the day after", {"date_of_birth": date(2008, 11, 4)}, date(2026, 11, 5), "adult_stated"),
    ("New Year's Eve", {"date_of_birth": date(2009, 1, 1)}, date(2026, 12, 31), "child_stated"),
    ("New Year", {"date_of_birth": date(2009, 1, 1)}, date(2027, 1, 1), "adult_stated"),
    ("leap day: 28 February", {"date_of_birth": date(2008, 2, 29)}, date(2026, 2, 28), "child_stated"),
    ("leap day: 1 March", {"date_of_birth": date(2008, 2, 29)}, date(2026, 3, 1), "adult_stated"),
    ("born on 28 February", {"date_of_birth": date(2008, 2, 28)}, date(2026, 2, 28), "adult_stated"),
    (
        "confirmed as a child, grown",
        {
            "date_of_birth": date(2008, 11, 4),
            "chosen": "child_confirmed",
            "stated_on": date(2026, 10, 1),
        },
        date(2026, 11, 4),
        "adult_confirmed",
    ),
    (
        "confirmed as a child",
        {"date_of_birth": date(2008, 11, 4), "chosen": "child_confirmed"},
        date(2026, 11, 3),
        "child_confirmed",
    ),
    (
        "a child's date of birth contradicts a chosen adult",
        {"date_of_birth": date(2010, 1, 1), "chosen": "adult_stated"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "and one chosen as confirmed",
        {"date_of_birth": date(2010, 1, 1), "chosen": "adult_confirmed"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "a date of birth beats no indication",
        {"date_of_birth": date(2010, 1, 1), "chosen": "unknown_no_indication"},
        date(2026, 11, 4),
        "child_stated",
    ),
    (
        "a doubt beats a date of birth",
        {"date_of_birth": date(1990, 1, 1), "chosen": "uncertain_may_be_child"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "a younger age said beside it is a doubt",
        {"date_of_birth": date(1990, 1, 1), "stated_years": 17, "stated_on": date(2026, 11, 1)},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "under 18 said beside it is a doubt",
        {"date_of_birth": date(1990, 1, 1), "highest": 17},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "and a confirmed adult does not end it",
        {"date_of_birth": date(1990, 1, 1), "highest": 17, "chosen": "adult_confirmed"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "17 fitted the day it was said, and allows a child for a year",
        {"date_of_birth": date(2008, 11, 4), "stated_years": 17, "stated_on": date(2026, 10, 1)},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "teenager beside a young adult's date of birth",
        {"date_of_birth": date(2008, 1, 1), "lowest": 13, "highest": 19},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "17 said today",
        {"stated_years": 17, "stated_on": date(2026, 11, 4)},
        date(2026, 11, 4),
        "child_stated",
    ),
    (
        "17 said a year less a day ago",
        {"stated_years": 17, "stated_on": date(2025, 11, 5)},
        date(2026, 11, 4),
        "child_stated",
    ),
    (
        "17 said a year ago",
        {"stated_years": 17, "stated_on": date(2025, 11, 4)},
        date(2026, 11, 4),
        "adult_stated",
    ),
    (
        "16 said a year ago",
        {"stated_years": 16, "stated_on": date(2025, 11, 4)},
        date(2026, 11, 4),
        "child_stated",
    ),
    (
        "16 said two years ago",
        {"stated_years": 16, "stated_on": date(2024, 11, 4)},
        date(2026, 11, 4),
        "adult_stated",
    ),
    ("17 said on a day unknown", {"stated_years": 17}, date(2036, 11, 4), "child_stated"),
    (
        "17 confirmed, then grown",
        {"stated_years": 17, "stated_on": date(2025, 11, 3), "chosen": "child_confirmed"},
        date(2026, 11, 4),
        "adult_confirmed",
    ),
    (
        "17 said, an adult chosen",
        {"stated_years": 17, "stated_on": date(2026, 11, 4), "chosen": "adult_stated"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "17 said, no indication chosen",
        {"stated_years": 17, "chosen": "unknown_no_indication"},
        date(2026, 11, 4),
        "child_stated",
    ),
    ("18 said", {"stated_years": 18, "stated_on": date(2026, 11, 4)}, date(2026, 11, 4), "adult_stated"),
    (
        "19, exploited since 16",
        {"stated_years": 19, "stated_on": date(2026, 11, 4)},
        date(2026, 11, 4),
        "adult_stated",
    ),
    (
        "18 said, a child chosen",
        {"stated_years": 18, "chosen": "child_stated"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "19 said beside 16-18",
        {"stated_years": 19, "lowest": 16, "highest": 18},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "19 said and teenager",
        {"stated_years": 19, "lowest": 13, "highest": 19},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "19 said, 16 at least",
        {"stated_years": 19, "lowest": 16},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    ("19 said, 18 at least", {"stated_years": 19, "lowest": 18}, date(2026, 11, 4), "adult_stated"),
    (
        "19 said, 25 at most",
        {"stated_years": 19, "highest": 25},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "about 17",
        {"stated_years": 17, "about": True, "stated_on": date(2026, 11, 4)},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    (
        "about 17 said three years ago",
        {"stated_years": 17, "about": True, "stated_on": date(2023, 11, 4)},
        date(2026, 11, 4),
        "adult_stated",
    ),
    ("about 19", {"stated_years": 19, "about": True}, date(2026, 11, 4), "uncertain_may_be_child"),
    ("about 20", {"stated_years": 20, "about": True}, date(2026, 11, 4), "adult_stated"),
    ("16-18", {"lowest": 16, "highest": 18}, date(2026, 11, 4), "uncertain_may_be_child"),
    (
        "16-18 chosen as adult",
        {"lowest": 16, "highest": 18, "chosen": "adult_stated"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    ("teenager", {"lowest": 13, "highest": 19}, date(2026, 11, 4), "uncertain_may_be_child"),
    ("17-25", {"lowest": 17, "highest": 25}, date(2026, 11, 4), "uncertain_may_be_child"),
    ("18-25", {"lowest": 18, "highest": 25}, date(2026, 11, 4), "adult_stated"),
    (
        "18-25 chosen as child",
        {"lowest": 18, "highest": 25, "chosen": "child_stated"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    ("up to 25", {"highest": 25}, date(2026, 11, 4), "uncertain_may_be_child"),
    ("18 and over", {"lowest": 18}, date(2026, 11, 4), "adult_stated"),
    ("under 18", {"highest": 17}, date(2026, 11, 4), "child_stated"),
    ("18 at most", {"highest": 18}, date(2026, 11, 4), "uncertain_may_be_child"),
    (
        "chosen: looks young",
        {"chosen": "uncertain_may_be_child"},
        date(2026, 11, 4),
        "uncertain_may_be_child",
    ),
    ("chosen: confirmed child", {"chosen": "child_confirmed"}, date(2026, 11, 4), "child_confirmed"),
    ("chosen: stated child", {"chosen": "child_stated"}, date(2026, 11, 4), "child_stated"),
    ("chosen: confirmed adult", {"chosen": "adult_confirmed"}, date(2026, 11, 4), "adult_confirmed"),
    ("chosen: stated adult", {"chosen": "adult_stated"}, date(2026, 11, 4), "adult_stated"),
    (
        "chosen: no indication",
        {"chosen": "unknown_no_indication"},
        date(2026, 11, 4),
        "unknown_no_indication",
    ),
    ("unasked", {}, date(2026, 11, 4), None),
]

CHILD_PATH = {
    "child_confirmed": True, "child_stated": True, "uncertain_may_be_child": True,
    "adult_confirmed": False, "adult_stated": False, "unknown_no_indication": False, None: False,
}  # fmt: skip

BIRTHDAY_NIGHT = [
    ("23:30 in winter is the eve", date(2008, 11, 4), datetime(2026, 11, 3, 23, 30, tzinfo=UTC), True),
    ("midnight in winter is the birthday", date(2008, 11, 4), datetime(2026, 11, 4, 0, 0, tzinfo=UTC), False),
    ("22:59 UTC in summer is the eve", date(2008, 7, 4), datetime(2026, 7, 3, 22, 59, tzinfo=UTC), True),
    ("23:00 UTC in summer is the birthday", date(2008, 7, 4), datetime(2026, 7, 3, 23, 0, tzinfo=UTC), False),
]
"""Born on, decided at, still a child."""

END_OF_DAY = [
    ("winter", datetime(2026, 11, 4, 9, tzinfo=UTC), datetime(2026, 11, 4, 23, 59, 59, tzinfo=UTC)),
    ("summer", datetime(2026, 7, 4, 9, tzinfo=UTC), datetime(2026, 7, 4, 22, 59, 59, tzinfo=UTC)),
    (
        "23:30 UTC in summer is tomorrow already",
        datetime(2026, 7, 4, 23, 30, tzinfo=UTC),
        datetime(2026, 7, 5, 22, 59, 59, tzinfo=UTC),
    ),
    (
        "the clocks go forward",
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),
        datetime(2026, 3, 29, 22, 59, 59, tzinfo=UTC),
    ),
    ("the eve of that", datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 3, 28, 23, 59, 59, tzinfo=UTC)),
    (
        "the clocks go back",
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 25, 23, 59, 59, tzinfo=UTC),
    ),
    (
        "the eve of that too",
        datetime(2026, 10, 24, 12, tzinfo=UTC),
        datetime(2026, 10, 24, 22, 59, 59, tzinfo=UTC),
    ),
]

ONE_WORKING_DAY = [
    ("Wednesday to Thursday", datetime(2026, 11, 4, 9, tzinfo=UTC), datetime(2026, 11, 5, 9, tzinfo=UTC)),
    ("Thursday to Friday", datetime(2026, 11, 5, 9, tzinfo=UTC), datetime(2026, 11, 6, 9, tzinfo=UTC)),
    ("Friday to Monday", datetime(2026, 11, 6, 9, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)),
    ("Saturday to Monday", datetime(2026, 11, 7, 9, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)),
    ("Sunday to Monday", datetime(2026, 11, 8, 9, tzinfo=UTC), datetime(2026, 11, 9, 9, tzinfo=UTC)),
    ("over Christmas", datetime(2026, 12, 24, 9, tzinfo=UTC), datetime(2026, 12, 29, 9, tzinfo=UTC)),
    (
        "over the clocks going back",
        datetime(2026, 10, 23, 9, tzinfo=UTC),
        datetime(2026, 10, 26, 10, tzinfo=UTC),
    ),
    (
        "over the clocks going forward",
        datetime(2026, 3, 27, 9, tzinfo=UTC),
        datetime(2026, 3, 30, 8, tzinfo=UTC),
    ),
    (
        "Sunday in UTC, Monday here",
        datetime(2026, 7, 5, 23, 30, tzinfo=UTC),
        datetime(2026, 7, 6, 23, 30, tzinfo=UTC),
    ),
]
