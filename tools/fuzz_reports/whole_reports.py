"""Whole reports before they are damaged: as the contract describes them, with every field now and then."""

from random import Random
from typing import Any

from shared.domain.vocabulary import (
    CallerType,
    ContactChannel,
    ContactPurpose,
    ExploitationType,
    Gender,
    PersonRole,
    PrivacyChoice,
    RecipientKind,
    Sector,
    YesNoUnknown,
)

Tree = dict[str, Any]
POSTCODES = ("M1 1AE", "EH1 1YZ", "CF10 3ND", "BT1 5GS", "SW1A 1AA")
COUNCILS = ("E08000003", "S12000036", "W06000015", "N09000003")
WORDS = ("blue door", "drives a red van", "Straße 5", "ул. Ленина", "near the “Crown”", "a\r\nb", 'x\\y "z"')


def whole_report(random: Random, number: int) -> Tree:
    """Return a report in which every text carries a word found nowhere else in it."""
    return _Draft(random, number).report()


class _Draft:
    def __init__(self, random: Random, number: int) -> None:
        self.random = random
        self.number = number
        self.words = 0

    def text(self) -> str:
        self.words += 1
        return f"{self.random.choice(WORDS)} w{self.number}q{self.words}z"

    def some(self, fields: Tree, share: float = 0.4) -> Tree:
        """Return a part of the fields; a value that is a function is made when it is taken."""
        return {name: make() for name, make in fields.items() if self.random.random() < share}

    def one(self, kind: Any) -> Any:
        return lambda: self.random.choice([code.value for code in kind])

    def several(self, kind: Any) -> Any:
        codes = [code.value for code in kind]
        return lambda: self.random.sample(codes, self.random.randint(0, min(3, len(codes))))

    def report(self) -> Tree:
        yes_or_no = self.one(YesNoUnknown)
        return self.some(
            {
                "channel": self.one(ContactChannel),
                "purpose": self.one(ContactPurpose),
                "caller_type": self.one(CallerType),
                "language": lambda: self.random.choice(("en", "ro", "zh-CN", "pt-BR")),
                **dict.fromkeys(("what_happened", "when_happened", "risk_to_approach"), self.text),
                **dict.fromkeys(("still_happening", "someone_hurt", "danger_now"), yes_or_no),
                "place": self.place,
                "how_many": lambda: self.random.randint(0, 40),
                "exploitation_types": self.several(ExploitationType),
                "sectors": self.several(Sector),
                "reporter": self.reporter,
                "persons": lambda: [self.person() for _ in range(self.random.randint(0, 4))],
                "privacy": self.one(PrivacyChoice),
                "share_with": self.several(RecipientKind),
                "situation_may_be_passed_on": lambda: self.random.random() < 0.5,
                "safe_contact": self.safe_contact,
            },
            share=0.55,
        )

    def place(self) -> Tree:
        return self.some(
            {
                "postcode": lambda: self.random.choice(POSTCODES),
                "council": lambda: self.random.choice(COUNCILS),
                "address": self.text,
                "description": self.text,
                "setting": lambda: self.random.choice(("land", "railway", "sea", "abroad")),
            }
        )

    def _anybody(self) -> Tree:
        return {
            **dict.fromkeys(("name", "phone", "email"), self.text),
            "household": lambda: self.random.choice(("1", "2")),
            "age": self.age,
            "lives_at": self.place,
            "found_at": self.place,
            "in_danger": self.one(YesNoUnknown),
            "cares_for_child": lambda: self.random.random() < 0.5,
        }

    def reporter(self) -> Tree:
        return self.some({**self._anybody(), "is_person_of_concern": lambda: self.random.random() < 0.5})

    def person(self) -> Tree:
        own = {
            "role": self.one(PersonRole),
            "gender": self.one(Gender),
            "description": self.text,
            "relation_to_child": self.text,
            "languages": lambda: self.random.sample(("ro", "sq", "vi"), 2),
            "exploitation_types": self.several(ExploitationType),
        }
        return self.some({**self._anybody(), **own})

    def safe_contact(self) -> Tree:
        return self.some(
            {
                "may_contact": self.one(YesNoUnknown),
                "channels": lambda: [self.text()],
                **dict.fromkeys(("when", "say_to_others", "code_word", "never"), self.text),
            }
        )

    def age(self) -> Tree:
        """Return an age in one way, or in two that may contradict each other."""
        years = self.random.choice((5, 12, 16, 17, 18, 19, 25, 40, 71))
        ways: list[Tree] = [
            {"years": years},
            {"years": years, "about": True},
            {"lowest": years, "highest": years + self.random.randint(0, 5)},
            {"lowest": years},
            {"highest": years},
            {"date_of_birth": f"{2026 - years}-0{self.random.randint(1, 9)}-{self.random.randint(10, 28)}"},
            {"may_be_under_18": True},
            {"surely_adult": True},
            {},
        ]
        return {
            **self.random.choice(ways),
            **(self.random.choice(ways) if self.random.random() < 0.2 else {}),
        }
