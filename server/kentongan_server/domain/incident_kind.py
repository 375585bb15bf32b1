"""What can happen in a neighbourhood, and in which of three classes it falls; the class decides who may ever hear of it."""

from enum import StrEnum


class IncidentClass(StrEnum):
    """`crime` goes to the police, `emergency` to the 112 recipient, `community` to the RT alone."""

    CRIME = "crime"
    EMERGENCY = "emergency"
    COMMUNITY = "community"


class IncidentKind(StrEnum):
    """The identifiers on wire and API; the English word, never the name of a tradition."""

    PANIC = "panic"
    THEFT = "theft"
    ROBBERY = "robbery"
    KILLING = "killing"
    ASSAULT = "assault"
    FIRE = "fire"
    DISASTER = "disaster"
    MEDICAL = "medical"
    COMMUNITY_WORK = "community_work"
    DEATH_NOTICE = "death_notice"
    GATHERING = "gathering"
    HOUSE_WATCH = "house_watch"

    @property
    def incident_class(self) -> IncidentClass:
        """The class of this kind."""
        return _CLASS[self]


class Purpose(StrEnum):
    """Whether this is meant: CAP's Actual, Exercise and Test."""

    ACTUAL = "actual"
    DRILL = "drill"
    TEST = "test"


_CLASS = {
    IncidentKind.PANIC: IncidentClass.CRIME,
    IncidentKind.THEFT: IncidentClass.CRIME,
    IncidentKind.ROBBERY: IncidentClass.CRIME,
    IncidentKind.KILLING: IncidentClass.CRIME,
    IncidentKind.ASSAULT: IncidentClass.CRIME,
    IncidentKind.FIRE: IncidentClass.EMERGENCY,
    IncidentKind.DISASTER: IncidentClass.EMERGENCY,
    IncidentKind.MEDICAL: IncidentClass.EMERGENCY,
    IncidentKind.COMMUNITY_WORK: IncidentClass.COMMUNITY,
    IncidentKind.DEATH_NOTICE: IncidentClass.COMMUNITY,
    IncidentKind.GATHERING: IncidentClass.COMMUNITY,
    IncidentKind.HOUSE_WATCH: IncidentClass.COMMUNITY,
}
