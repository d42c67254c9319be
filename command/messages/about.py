"""What a message is about, as the rooms above tell it: enough to journal and to judge, without knowing their tables."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class About:
    """An incident or a warning seen from below. `tier` is 1 (highest) to 4; `restricted` incidents are visible to named people only. Of
    a warning `incident_id` is 0, `number` its code, and its subscribers are those of `areas` (ids)."""

    incident_id: int
    number: str
    tier: int
    kind: str
    exercise: bool
    area_level: str = "province"
    restricted: bool = False
    warning_id: int | None = None
    areas: tuple[int, ...] = ()

    @property
    def stream(self) -> str:
        """The journal stream of the incident or the warning."""
        return f"{'incident' if self.warning_id is None else 'warning'}:{self.number}"
