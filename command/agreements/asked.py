"""What is asked of the register of service levels, by address, form and JSON."""

from collections.abc import Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from command.agreements.models import Dispute, Liability
from command.agreements.reading import STANDS, Asked
from command.agreements.service import Ruling
from command.core.problems import N_, Invalid
from command.incidents import house
from command.incidents.days import Period

Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64)]


class ListIn(BaseModel):
    """Days are those of the reader's zone, both included; by default the last 30."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    from_: Short = Field("", alias="from")
    to: Short = ""
    stands: Short = ""
    sla_class: Short = Field("", alias="class")
    limit: Annotated[int, Field(ge=1, le=500)] = 200
    lang: Short = ""


class DecideIn(BaseModel):
    """Who answers for a breach, where its dispute stands, and why. `penalty` is what it costs, in the operator's currency."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    liability: Liability
    dispute: Dispute = Dispute.NONE
    penalty: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)] | None = None
    words: Annotated[str, Field(max_length=4000)] = ""

    def ruling(self) -> Ruling:
        cents = int(self.penalty * 100) if self.penalty is not None else None
        return Ruling(self.liability, self.dispute, self.words, cents)


def read(given: Mapping[str, str], days: Period, zone: tzinfo) -> Asked:
    """The breaches asked for; raise Invalid naming the parameter."""
    classes = tuple(each.id for each in house.clocks().sla_classes)
    begin, end = days.instants(zone)
    return Asked(begin, end, _one_of(given, "stands", STANDS), _one_of(given, "class", classes))


def _one_of(given: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    text = given.get(name, "").strip()
    if text and text not in allowed:
        raise Invalid(
            N_("This value is not allowed."),
            field=name,
            remedy=N_("Use one of: %(expected)s."),
            expected=", ".join(allowed),
        )
    return text
