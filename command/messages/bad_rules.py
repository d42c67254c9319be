"""Numbers that will never take an SMS: what providers say of them for good, and after which of those answers a number is marked. Pure.

One “unknown number” may be the road's own fault, a routing table that is out of date, say; the same on another day, or by another road,
is the number's. A mark depends on the set of answers alone: in whichever order and however often they come in, it is the same, and one
answer more never takes it away. Sources of the codes: Twilio's dictionary of errors; errors of MAP (3GPP TS 29.002), which SMSCs pass
on."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from notifiers import smpp_codes
from playbooks.faults import Misfit, Unfit
from playbooks.schema import Kind
from playbooks.texts import Record

WHY = "bad_number"
"""Why a message was left out: its number is marked."""
FIRST, ADVISORY = "first", "advisory"
"""Kinds of notices by which people learn of danger."""
ALWAYS_TIERS = (1, 2)
Tier = Annotated[int, Field(ge=1, le=4)]
Few = Annotated[int, Field(ge=1, le=20)]


class Reason(StrEnum):
    """Why a number takes no SMS for good."""

    ABSENT = "absent"
    NOT_MOBILE = "not_mobile"
    BARRED = "barred"


_CODES: Mapping[str, Reason] = {
    "21211": Reason.ABSENT,
    "30005": Reason.ABSENT,
    "21614": Reason.NOT_MOBILE,
    "smpp_number_9": Reason.BARRED,
    "smpp_number_11": Reason.NOT_MOBILE,
    "smpp_number_12": Reason.BARRED,
    "smpp_number_13": Reason.BARRED,
}


def reason_of(code: str | None) -> Reason | None:
    """What a code says of the number for good; None where it says nothing of it."""
    if not code:
        return None
    found = _CODES.get(code)
    return Reason.ABSENT if found is None and smpp_codes.fault(code) == "number" else found


@dataclass(frozen=True, slots=True)
class Answers:
    """What one road said of a number on one day (of the operator's zone) for one reason: how often, in calls made between two moments."""

    road: str
    day: date
    reason: Reason
    times: int
    first_at: datetime
    last_at: datetime


class StillTried(Record):
    """What is sent to marked numbers all the same: first notices of `tiers` and of `events`, and notices of these kinds."""

    tiers: tuple[Tier, ...] = ALWAYS_TIERS
    events: tuple[Kind, ...] = (Kind.natural_disaster,)
    notices: tuple[
        Annotated[str, StringConstraints(pattern="^(first|update|all_clear|correction|advisory|survey)$")], ...
    ] = (ADVISORY,)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if 1 not in self.tiers:
            raise Unfit(
                Misfit(
                    "tier 1 is missing", "A mark may be wrong: keep tier 1, where lives may depend on it.", ("tiers",)
                )
            )
        if ADVISORY not in self.notices:
            raise Unfit(
                Misfit("advisory is missing", "Keep it: a warning is tried once whatever is marked.", ("notices",))
            )
        return self


class BadNumbers(Record):
    """A number is marked once, within some `within_days` days, it was said for good `answers` times that it takes no SMS: on `days`
    different days with at least `hours_apart` between two calls, or by `roads` different roads."""

    answers: Few = 2
    days: Few = 2
    hours_apart: Annotated[int, Field(ge=0, le=720)] = 12
    roads: Few = 2
    within_days: Annotated[int, Field(ge=1, le=730)] = 90
    still_tried: StillTried = StillTried()
    source: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=300)] = "ours"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.days == 1 and self.roads == 1 and self.answers == 1:
            raise Unfit(
                Misfit("one answer would mark a number", "Ask for two of answers, days or roads.", ("answers",))
            )
        if self.days > self.within_days:
            raise Unfit(Misfit("within_days holds fewer days than days", "Use more of within_days.", ("within_days",)))
        return self

    def leaves_out(self, kind: str, tier: int, event: str) -> bool:
        """Whether a notice of a kind, a tier and an event leaves marked numbers out."""
        still = self.still_tried
        grave = kind == FIRST and (tier in still.tiers or event in still.events)
        return not grave and kind not in still.notices

    def mark(self, answers: Collection[Answers]) -> Reason | None:
        """The reason by which the number is marked, the one given most often; None while what was said is not enough."""
        if not any(self._enough(some) for some in self._windows(answers)):
            return None
        times = dict.fromkeys(Reason, 0)
        for each in answers:
            times[each.reason] += each.times
        return max(Reason, key=lambda reason: times[reason])

    def _windows(self, answers: Collection[Answers]) -> Iterator[Sequence[Answers]]:
        """The answers of `within_days` days, from each day on which there was one."""
        for day in sorted({each.day for each in answers}):
            end = day + timedelta(days=self.within_days)
            yield [each for each in answers if day <= each.day < end]

    def _enough(self, some: Sequence[Answers]) -> bool:
        if sum(each.times for each in some) < self.answers:
            return False
        if len({each.road for each in some}) >= self.roads:
            return True
        apart = max(each.last_at for each in some) - min(each.first_at for each in some)
        return len({each.day for each in some}) >= self.days and apart >= timedelta(hours=self.hours_apart)
