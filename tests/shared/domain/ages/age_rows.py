"""Rows of ages by hand from the sharing rules, section 2.

What was said, on which day, the day of the decision, and the status.
"""

ROWS = """
# A date of birth is one age, and a birthday is a birthday in the United Kingdom
born 2008-11-04                                  | 2026-06-01 | 2026-11-03 | child stated
born 2008-11-04                                  | 2026-06-01 | 2026-11-04 | adult stated
born 2009-01-01                                  | 2026-06-01 | 2026-12-31 | child stated
born 2009-01-01                                  | 2026-06-01 | 2027-01-01 | adult stated
born 2008-02-29                                  | 2026-01-01 | 2026-02-28 | child stated
born 2008-02-29                                  | 2026-01-01 | 2026-03-01 | adult stated
born 2012-02-29                                  | 2026-01-01 | 2030-02-28 | child stated
born 2012-02-29                                  | 2026-01-01 | 2030-03-01 | adult stated
born 2008-02-28                                  | 2026-01-01 | 2026-02-28 | adult stated
born 2026-11-04                                  | 2026-11-04 | 2026-11-04 | child stated
# A stated age is older by the whole years since it was said
17                                               | 2026-11-04 | 2026-11-04 | child stated
17                                               | 2025-11-05 | 2026-11-04 | child stated
17                                               | 2025-11-04 | 2026-11-04 | adult stated
16                                               | 2025-11-04 | 2026-11-04 | child stated
16                                               | 2024-11-04 | 2026-11-04 | adult stated
15                                               | 2023-11-05 | 2026-11-04 | child stated
15                                               | 2023-11-04 | 2026-11-04 | adult stated
0                                                | 2008-11-05 | 2026-11-04 | child stated
0                                                | 2008-11-04 | 2026-11-04 | adult stated
18                                               | 2026-11-04 | 2026-11-04 | adult stated
17                                               | ?          | 2036-11-04 | child stated
17                                               | 2024-02-29 | 2025-02-28 | child stated
17                                               | 2024-02-29 | 2025-03-01 | adult stated
17                                               | 2030-01-01 | 2026-11-04 | child stated
# A band allows all of its ages, and ages too
12-14                                            | 2026-11-04 | 2026-11-04 | child stated
12-14                                            | 2020-11-04 | 2026-11-04 | adult stated
12-14                                            | 2020-11-05 | 2026-11-04 | uncertain may be child
12-14                                            | 2021-11-04 | 2026-11-04 | uncertain may be child
12-14                                            | 2023-11-04 | 2026-11-04 | child stated
12-14                                            | 2010-11-04 | 2026-11-04 | adult stated
16-18                                            | 2026-11-04 | 2026-11-04 | uncertain may be child
16-18                                            | 2025-11-04 | 2026-11-04 | uncertain may be child
16-18                                            | 2024-11-04 | 2026-11-04 | adult stated
13-19                                            | 2026-11-04 | 2026-11-04 | uncertain may be child
17-25                                            | 2026-11-04 | 2026-11-04 | uncertain may be child
17-25                                            | 2025-11-04 | 2026-11-04 | adult stated
18-25                                            | 2026-11-04 | 2026-11-04 | adult stated
0-110                                            | 2026-11-04 | 2026-11-04 | uncertain may be child
18+                                              | 2026-11-04 | 2026-11-04 | adult stated
16+                                              | 2026-11-04 | 2026-11-04 | uncertain may be child
16+                                              | 2024-11-04 | 2026-11-04 | adult stated
-17                                              | 2026-11-04 | 2026-11-04 | child stated
-17                                              | 2025-11-04 | 2026-11-04 | uncertain may be child
-18                                              | 2026-11-04 | 2026-11-04 | uncertain may be child
-30                                              | 2010-11-04 | 2026-11-04 | uncertain may be child
-30                                              | 2008-11-04 | 2026-11-04 | adult stated
25-16                                            | 2026-11-04 | 2026-11-04 | uncertain may be child
# "About" is two years to either side, of whatever was said
about 20                                         | 2026-11-04 | 2026-11-04 | adult stated
about 19                                         | 2026-11-04 | 2026-11-04 | uncertain may be child
about 19                                         | 2025-11-04 | 2026-11-04 | adult stated
about 17                                         | 2026-11-04 | 2026-11-04 | uncertain may be child
about 17                                         | 2023-11-05 | 2026-11-04 | uncertain may be child
about 17                                         | 2023-11-04 | 2026-11-04 | adult stated
about 16                                         | 2026-11-04 | 2026-11-04 | uncertain may be child
about 15                                         | 2026-11-04 | 2026-11-04 | child stated
about 1                                          | 2026-11-04 | 2026-11-04 | child stated
about 18-19                                      | 2026-11-04 | 2026-11-04 | uncertain may be child
about 18-19                                      | 2024-11-04 | 2026-11-04 | adult stated
about 20-22                                      | 2026-11-04 | 2026-11-04 | adult stated
about 18+                                        | 2026-11-04 | 2026-11-04 | uncertain may be child
about -17                                        | 2026-11-04 | 2026-11-04 | uncertain may be child
about -15                                        | 2026-11-04 | 2026-11-04 | child stated
about born 2008-11-04                            | 2026-11-04 | 2026-11-04 | uncertain may be child
about born 2008-11-04                            | 2026-11-04 | 2028-11-04 | adult stated
about born 2006-11-04                            | 2026-11-04 | 2026-11-04 | adult stated
born 2006-11-04 and about 20                     | 2026-11-04 | 2026-11-04 | adult stated
about                                            | 2026-11-04 | 2026-11-04 | unasked
about an adult                                   | 2026-11-04 | 2026-11-04 | adult stated
# Words without a number
may be under 18                                  | 2026-11-04 | 2026-11-04 | uncertain may be child
may be under 18                                  | 2009-11-04 | 2026-11-04 | uncertain may be child
an adult                                         | 2026-11-04 | 2026-11-04 | adult stated
an adult and may be under 18                     | 2026-11-04 | 2026-11-04 | uncertain may be child
17 and may be under 18                           | 2026-11-04 | 2026-11-04 | child stated
17 and may be under 18                           | 2025-11-04 | 2026-11-04 | adult stated
born 2008-11-04 and may be under 18              | 2026-06-01 | 2026-11-03 | child stated
born 2008-11-04 and may be under 18              | 2026-06-01 | 2026-11-04 | adult stated
born 1990-01-01 and may be under 18              | 2026-06-01 | 2026-11-04 | uncertain may be child
40 and may be under 18                           | 2026-11-04 | 2026-11-04 | uncertain may be child
15 and an adult                                  | 2026-11-04 | 2026-11-04 | uncertain may be child
40 and an adult                                  | 2026-11-04 | 2026-11-04 | adult stated
# What an adviser chose
chosen child stated                              | 2026-11-04 | 2026-11-04 | child stated
chosen child confirmed                           | 2026-11-04 | 2026-11-04 | child confirmed
chosen child confirmed                           | 2025-11-04 | 2026-11-04 | uncertain may be child
chosen uncertain may be child                    | 2026-11-04 | 2026-11-04 | uncertain may be child
chosen adult stated                              | 2026-11-04 | 2026-11-04 | adult stated
chosen adult confirmed                           | 2026-11-04 | 2026-11-04 | adult confirmed
chosen unknown no indication                     | 2026-11-04 | 2026-11-04 | unknown no indication
born 2008-11-04 and chosen child confirmed       | 2026-06-01 | 2026-11-03 | child confirmed
born 2008-11-04 and chosen child confirmed       | 2026-06-01 | 2026-11-04 | adult confirmed
17 and chosen child confirmed                    | 2025-11-04 | 2026-11-04 | adult confirmed
16-20 and chosen child stated                    | 2026-11-04 | 2026-11-04 | child stated
16-20 and chosen child stated                    | 2025-11-04 | 2026-11-04 | uncertain may be child
16-20 and chosen child stated                    | 2024-11-04 | 2026-11-04 | adult stated
30 and chosen child stated                       | 2026-11-04 | 2026-11-04 | uncertain may be child
18-25 and chosen child confirmed                 | 2026-11-04 | 2026-11-04 | uncertain may be child
30 and chosen uncertain may be child             | 2026-11-04 | 2026-11-04 | uncertain may be child
40 and chosen adult confirmed                    | 2026-11-04 | 2026-11-04 | adult confirmed
15 and chosen adult stated                       | 2026-11-04 | 2026-11-04 | uncertain may be child
16-18 and chosen adult stated                    | 2026-11-04 | 2026-11-04 | uncertain may be child
15 and chosen adult confirmed                    | 2026-11-04 | 2026-11-04 | uncertain may be child
15 and chosen adult confirmed                    | 2023-11-04 | 2026-11-04 | adult confirmed
16-17 and chosen adult confirmed                 | 2026-11-04 | 2026-11-04 | uncertain may be child
-17 and chosen adult confirmed                   | 2026-11-04 | 2026-11-04 | uncertain may be child
about 15 and chosen adult confirmed              | 2026-11-04 | 2026-11-04 | uncertain may be child
born 2010-01-01 and chosen adult confirmed       | 2026-11-04 | 2026-11-04 | uncertain may be child
may be under 18 and chosen adult confirmed       | 2026-11-04 | 2026-11-04 | uncertain may be child
13-19 and may be under 18 and chosen adult confirmed | 2026-11-04 | 2026-11-04 | uncertain may be child
16-18 and chosen adult confirmed                 | 2026-11-04 | 2026-11-04 | uncertain may be child
13-19 and chosen adult confirmed                 | 2026-11-04 | 2026-11-04 | uncertain may be child
about 17 and chosen adult confirmed              | 2026-11-04 | 2026-11-04 | uncertain may be child
about 19 and chosen adult confirmed              | 2026-11-04 | 2026-11-04 | adult confirmed
may be under 18 and chosen unknown no indication | 2026-11-04 | 2026-11-04 | uncertain may be child
15 and chosen unknown no indication              | 2026-11-04 | 2026-11-04 | child stated
16-18 and chosen unknown no indication           | 2026-11-04 | 2026-11-04 | uncertain may be child
about 19 and chosen unknown no indication        | 2026-11-04 | 2026-11-04 | uncertain may be child
40 and chosen unknown no indication              | 2026-11-04 | 2026-11-04 | adult stated
# Several numbers: an adult by every one of them, or none
19 and 16-18                                     | 2026-11-04 | 2026-11-04 | uncertain may be child
19 and 13-19                                     | 2026-11-04 | 2026-11-04 | uncertain may be child
19 and 16+                                       | 2026-11-04 | 2026-11-04 | uncertain may be child
19 and -25                                       | 2026-11-04 | 2026-11-04 | uncertain may be child
19 and 18+                                       | 2026-11-04 | 2026-11-04 | adult stated
19 and 18-25                                     | 2026-11-04 | 2026-11-04 | adult stated
about 19 and 18-25                               | 2026-11-04 | 2026-11-04 | uncertain may be child
17 and 16-18                                     | 2026-11-04 | 2026-11-04 | child stated
born 1990-01-01 and 17                           | 2026-11-04 | 2026-11-04 | uncertain may be child
born 1990-01-01 and -17                          | 2026-11-04 | 2026-11-04 | uncertain may be child
born 1990-01-01 and 36                           | 2026-11-04 | 2026-11-04 | adult stated
born 2010-01-01 and 30                           | 2026-11-04 | 2026-11-04 | uncertain may be child
born 2008-01-01 and 13-19                        | 2026-11-04 | 2026-11-04 | uncertain may be child
# Several people: each statement counts from its own day
40 // 15                                         | 2026-11-04 | 2026-11-04 | uncertain may be child
15 // 40                                         | 2026-11-04 | 2026-11-04 | uncertain may be child
40 // 15 @2023-11-04                             | 2026-11-04 | 2026-11-04 | adult stated
40 // 15 @2023-11-05                             | 2026-11-04 | 2026-11-04 | uncertain may be child
40 // may be under 18                            | 2026-11-04 | 2026-11-04 | uncertain may be child
chosen adult confirmed // 16-18                  | 2026-11-04 | 2026-11-04 | uncertain may be child
chosen adult confirmed // 16-17                  | 2026-11-04 | 2026-11-04 | uncertain may be child
chosen adult confirmed // may be under 18        | 2026-11-04 | 2026-11-04 | uncertain may be child
16-18 // chosen adult confirmed @2026-01-01      | 2026-11-04 | 2026-11-04 | uncertain may be child
chosen unknown no indication // 15               | 2026-11-04 | 2026-11-04 | child stated
16-18 // 12                                      | 2026-11-04 | 2026-11-04 | child stated
born 1990-01-01 // 36 // an adult                | 2026-11-04 | 2026-11-04 | adult stated
born 1990-01-01 // 36 // -17                     | 2026-11-04 | 2026-11-04 | uncertain may be child
# No age: before 1910, zeros of machines, a day to come, over 110
born 0001-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 1601-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 1899-12-30                                  | 2026-11-04 | 2026-11-04 | unasked
born 1900-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 1904-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 1909-12-31                                  | 2019-11-04 | 2019-11-04 | unasked
born 1915-11-04                                  | 2026-11-03 | 2026-11-03 | adult stated
born 1915-11-04                                  | 2026-11-04 | 2026-11-04 | unasked
born 1969-12-31                                  | 2026-11-04 | 2026-11-04 | unasked
born 1970-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 1970-01-02                                  | 2026-11-04 | 2026-11-04 | adult stated
born 2000-01-01                                  | 2026-11-04 | 2026-11-04 | adult stated
born 2001-01-01                                  | 2026-11-04 | 2026-11-04 | unasked
born 2026-11-05                                  | 2026-11-04 | 2026-11-04 | unasked
born 1970-01-01 and 15                           | 2026-11-04 | 2026-11-04 | child stated
born 1970-01-01 and may be under 18              | 2026-11-04 | 2026-11-04 | uncertain may be child
born 1970-01-01 and chosen unknown no indication | 2026-11-04 | 2026-11-04 | unknown no indication
110                                              | 2026-11-04 | 2026-11-04 | adult stated
110                                              | 2016-11-04 | 2026-11-04 | adult stated
111                                              | 2026-11-04 | 2026-11-04 | unasked
111 and 15                                       | 2026-11-04 | 2026-11-04 | child stated
111+                                             | 2026-11-04 | 2026-11-04 | unasked
15-999                                           | 2026-11-04 | 2026-11-04 | uncertain may be child
"""

CONTRADICTIONS = """
15 and an adult                                  | 2026-11-04 | 2026-11-04 | refused
16-18 and chosen adult stated                    | 2026-11-04 | 2026-11-04 | refused
15 and chosen adult confirmed                    | 2026-11-04 | 2026-11-04 | refused
16-17 and chosen adult confirmed                 | 2026-11-04 | 2026-11-04 | refused
may be under 18 and chosen adult confirmed       | 2026-11-04 | 2026-11-04 | refused
born 1990-01-01 and 17                           | 2026-11-04 | 2026-11-04 | refused
born 1990-01-01 and chosen child confirmed       | 2026-11-04 | 2026-11-04 | refused
19 and 16-18                                     | 2026-11-04 | 2026-11-04 | refused
19 and -25                                       | 2026-11-04 | 2026-11-04 | refused
40 and chosen uncertain may be child             | 2026-11-04 | 2026-11-04 | refused
40 // 15                                         | 2026-11-04 | 2026-11-04 | refused
16-18 and chosen adult confirmed                 | 2026-11-04 | 2026-11-04 | refused
about 17 and chosen adult confirmed              | 2026-11-04 | 2026-11-04 | refused
about 19 and chosen adult confirmed              | 2026-11-04 | 2026-11-04 | allowed
16-18 and chosen child stated                    | 2026-11-04 | 2026-11-04 | allowed
17 and 16-18                                     | 2026-11-04 | 2026-11-04 | allowed
12 // 17                                         | 2026-11-04 | 2026-11-04 | allowed
25 // 40                                         | 2026-11-04 | 2026-11-04 | allowed
born 1970-01-01 and 15                           | 2026-11-04 | 2026-11-04 | allowed
40 and chosen unknown no indication              | 2026-11-04 | 2026-11-04 | allowed
15 and chosen unknown no indication              | 2026-11-04 | 2026-11-04 | allowed
40 // 15 @2023-11-04                             | 2026-11-04 | 2026-11-04 | allowed
"""
"""One that allows only adults beside one that allows a child: refused where a person can be asked."""


def rows_of(table: str) -> list[tuple[str, str, str, str]]:
    """Return the cells of each row: words, the day of the words, the day of the decision, the answer."""
    lines = [line for line in table.strip().splitlines() if not line.startswith("#")]
    cells = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [(words, said_on, on, answer) for words, said_on, on, answer in cells]
