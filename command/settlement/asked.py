"""What is asked of settlements, by form and by JSON."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from command.settlement.models import Sort
from command.settlement.service import Draft, Outcome
from playbooks.tasks import Department

Words = Annotated[str, Field(max_length=4000)]
Short = Annotated[str, Field(max_length=120)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class ListIn(_In):
    """`mine=1`: those that whoever asks sees to."""

    mine: str = ""
    limit: Annotated[int, Field(ge=1, le=500)] = 200


class AddIn(_In):
    """An item by hand; without a day it is due in 30 days."""

    sort: Sort
    title: Short
    department: Department
    due_on: date | None = None
    required: bool = True

    def draft(self) -> Draft:
        return Draft(self.sort, self.title, self.department, self.due_on, self.required)


class TakeIn(_In):
    """`owner`: a username, by default whoever asks; another day takes a reason."""

    owner: Short = ""
    due_on: date | None = None
    reason: Words = ""


class SettleIn(_In):
    """`amount` is what was paid in all, in the operator's currency, to so many `people`; `reference` names a report."""

    words: Words
    amount: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)] | None = None
    people: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    reference: Short = ""

    def outcome(self) -> Outcome:
        cents = int(self.amount * 100) if self.amount is not None else None
        return Outcome(self.words, cents, self.people, self.reference)


class ReasonIn(_In):
    reason: Words
