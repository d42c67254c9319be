"""What a message is about, as the rooms above tell it: enough to journal and to judge, without knowing their tables."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """An incident seen from below. `tier` is 1 (highest) to 4; `restricted` incidents are visible to named people only."""

    incident_id: int
    number: str
    tier: int
    kind: str
    exercise: bool
    area_level: str = "province"
    restricted: bool = False

    @property
    def stream(self) -> str:
        """The journal stream of the incident."""
        return f"incident:{self.number}"
