"""Set scenes that every demonstration plays, however few reports it has: the situations that must never go wrong."""

from dataclasses import dataclass, field

from demo.told import Plan


@dataclass(frozen=True)
class Scene:
    """What is fixed about a report; everything else is drawn."""

    title: str = ""
    classification: str = ""
    types: tuple[str, ...] = ()
    caller: str = ""
    privacy: str = ""
    people: int = 0
    child: bool = False
    mixed: bool = False
    carer: bool = False
    accused: bool = False
    child_reporter: bool = False
    danger: bool = False
    person_in_danger: bool = False
    place_unknown: bool = False
    lives_elsewhere: bool = False
    gives_identity: bool = False
    plan: Plan = field(default_factory=Plan)

    def __bool__(self) -> bool:
        return bool(self.title)


def _scene(title: str, **fixed: object) -> Scene:
    return Scene(title, **{"classification": "modern_slavery", **fixed})  # type: ignore[arg-type]  # our own table


SCENES = (
    _scene("danger, nobody answers", danger=True, people=2, privacy="confidential", caller="indirect"),
    _scene(
        "danger, no place; found by an adviser",
        danger=True,
        people=1,
        place_unknown=True,
        plan=Plan("confirm", find_place=True),
    ),
    _scene("danger, no place, nobody answers", danger=True, people=1, place_unknown=True),
    _scene("a child, no place", child=True, people=1, place_unknown=True, types=("criminal",)),
    _scene(
        "a child reports alone and keeps the name back",
        caller="self",
        child_reporter=True,
        privacy="anonymous",
        gives_identity=True,
    ),
    _scene(
        "a child reports alone",
        caller="self",
        child_reporter=True,
        privacy="confidential",
        plan=Plan("confirm"),
    ),
    _scene(
        "an adult and a child in one house; the adult says no",
        child=True,
        mixed=True,
        people=2,
        privacy="confidential",
        caller="indirect",
        plan=Plan("silence", protection_summary=True),
    ),
    _scene("a child and who cares for the child", child=True, carer=True, people=1, plan=Plan("confirm")),
    _scene("a child who lives elsewhere", child=True, people=1, lives_elsewhere=True, accused=True),
    _scene("stood down by two", child=True, people=1, caller="indirect", plan=Plan("stand_down")),
    _scene("stood down by two, danger", danger=True, people=1, caller="indirect", plan=Plan("stand_down")),
    _scene("anonymous, with a name wrongly given", privacy="anonymous", gives_identity=True, danger=True),
    _scene("one person in danger", people=2, person_in_danger=True, privacy="share", plan=Plan("confirm")),
    _scene(
        "shared and withdrawn before it was sent",
        caller="self",
        privacy="share",
        plan=Plan(disclose_to=("police",), withdraw="before"),
    ),
    _scene(
        "shared, and withdrawn afterwards",
        caller="self",
        privacy="share",
        plan=Plan(disclose_to=("police", "adult_social_care"), withdraw="after"),
    ),
    _scene(
        "a lead decides under duress",
        privacy="confidential",
        caller="direct",
        people=1,
        plan=Plan(lead_shares_with="adult_social_care"),
    ),
    _scene("an adult turns out to be a child", people=1, caller="indirect", plan=Plan(learns="child")),
    _scene("danger comes to light on the telephone", people=1, caller="direct", plan=Plan(learns="danger")),
    _scene("a pupil's school project", classification="general_information", child_reporter=True),
    _scene(
        "somebody else's own consent",
        privacy="share",
        caller="professional",
        people=2,
        plan=Plan(own_consent=True, disclose_to=("police",)),
    ),
)


def scene_of(number: int) -> Scene:
    """Every third report plays a scene until all were played once; the rest is as it comes."""
    place, between = divmod(number, 3)
    return SCENES[place - 1] if not between and place <= len(SCENES) else Scene()
