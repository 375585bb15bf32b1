"""What each kind of incident is in CAP's words. A community kind has no words here, so no CAP document can be made of it."""

from dataclasses import dataclass

from kentongan_server.domain.incident_kind import IncidentKind


@dataclass(frozen=True, slots=True)
class CapPreset:
    """`event` is what a person reads, in Indonesian; the rest are words of the CAP 1.2 code lists."""

    event: str
    categories: tuple[str, ...]
    response: str
    urgency: str
    severity: str
    certainty: str


# A panic press says that somebody needs help and nothing else: severity unknown, certainty possible.
PRESETS = {
    IncidentKind.PANIC: CapPreset("Tombol panik", ("Security",), "Assess", "Immediate", "Unknown", "Possible"),
    IncidentKind.KILLING: CapPreset("Pembunuhan", ("Security",), "Avoid", "Immediate", "Extreme", "Observed"),
    IncidentKind.ASSAULT: CapPreset("Penganiayaan", ("Security",), "Avoid", "Immediate", "Extreme", "Observed"),
    IncidentKind.ROBBERY: CapPreset("Perampokan", ("Security",), "Avoid", "Immediate", "Severe", "Observed"),
    IncidentKind.THEFT: CapPreset("Pencurian", ("Security",), "Monitor", "Immediate", "Moderate", "Observed"),
    IncidentKind.FIRE: CapPreset("Kebakaran", ("Fire",), "Evacuate", "Immediate", "Severe", "Observed"),
    IncidentKind.DISASTER: CapPreset("Bencana", ("Geo", "Met"), "Evacuate", "Immediate", "Severe", "Observed"),
    IncidentKind.MEDICAL: CapPreset("Kedaruratan medis", ("Health",), "Assess", "Immediate", "Unknown", "Observed"),
}
