"""The operator's clocks, which can only be shorter than the rules' own."""

from case_service.forcing import Windows
from shared.settings import Settings, seconds
from shared.vocabulary import Ground


def windows_of(settings: Settings) -> Windows:
    return Windows(
        confirm={
            Ground.OVERRIDE_DANGER: seconds(settings.confirm_danger_seconds),
            Ground.OVERRIDE_CHILD: seconds(settings.confirm_child_seconds),
        },
        told={
            Ground.OVERRIDE_DANGER: seconds(settings.told_danger_seconds),
            Ground.OVERRIDE_CHILD: seconds(settings.told_child_seconds),
            Ground.CONSENT: seconds(settings.told_permitted_seconds),
        },
    )
