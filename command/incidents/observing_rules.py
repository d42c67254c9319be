"""How long a repair is watched, and which evidence counts for which kind of event (R31). Pure."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from command.incidents.grading import Tier
from playbooks.schema import Kind
from playbooks.source import Misfit, Unfit
from playbooks.texts import Record

PERSON = "person"
CLEAR = "clear"
Minutes = Annotated[int, Field(ge=0, le=20_160)]
Evidence = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class Watch(Record):
    """One kind: minutes for tiers I to IV, and the names of evidence that counts."""

    minutes: tuple[Minutes, Minutes, Minutes, Minutes]
    evidence: tuple[Evidence, ...]


class WatchTable(Record):
    """The whole of config/observation.yaml. Every kind has its row, and a person's word counts in each."""

    exercise_minutes: Minutes
    kinds: Mapping[Kind, Watch]

    def minutes(self, kind: Kind, tier: Tier, *, exercise: bool, factor: float = 1) -> float:
        """Minutes for which a repair is watched."""
        wanted = self.kinds[kind].minutes[tier - 1] * factor
        return min(wanted, self.exercise_minutes) if exercise else wanted

    def counts(self, kind: Kind) -> frozenset[str]:
        """The evidence that counts for a kind."""
        return frozenset(self.kinds[kind].evidence)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        for kind in Kind:
            if kind not in self.kinds:
                yield Misfit(f"no row for {kind}", "Add one: every kind of event needs its minutes.", ("kinds",))
            elif PERSON not in self.kinds[kind].evidence:
                remedy = "List person: without it an incident of this kind could never be restored by hand."
                yield Misfit(f"a person's word does not count for {kind}", remedy, ("kinds", kind, "evidence"))
