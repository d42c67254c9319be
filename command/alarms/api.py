"""Alarms over JSON: batches in, a filtered list out."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any

from apiflask import APIBlueprint
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from sqlalchemy.orm import Session

from command.alarms import listing
from command.alarms.dedupe import State
from command.alarms.gathering import take
from command.alarms.reports import Believed, Key, Report, Severity, check_size, require, time_faults
from command.core import clock
from command.core.documents import Item
from command.core.problems import N_
from command.people.access import access, here, principal

api = APIBlueprint("alarms", __name__, url_prefix="/api/v1", tag="Alarms")

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")
]
Part = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00]*$")]


class Strict(BaseModel):
    """An input: a field nobody knows is an error, not a guess."""

    model_config = ConfigDict(extra="forbid")


class AlarmIn(Strict):
    """One report. `source` may be left out by a machine's token, whose name it is then; with severity `cleared` it only clears."""

    source: Name | None = None
    element: Name
    object: Part = ""
    problem: Name
    severity: Severity
    raised_at: AwareDatetime
    cleared_at: AwareDatetime | None = None
    text: Text = ""


class AlarmsIn(Strict):
    """A batch: this object, or the list alone. It is used whole or not at all."""

    alarms: list[AlarmIn]

    @model_validator(mode="before")
    @classmethod
    def _list_alone(cls, given: Any) -> Any:
        return {"alarms": given} if isinstance(given, list) else given

    @model_validator(mode="before")
    @classmethod
    def _not_too_many(cls, given: Any) -> Any:
        alarms = given.get("alarms") if isinstance(given, dict) else given
        if isinstance(alarms, list):
            check_size(len(alarms))
        return given


class ReceiptOut(BaseModel):
    """What became of a batch: alarms new, changed, unchanged (re-delivered), and the numbers of the incidents touched."""

    received: int
    new: int
    changed: int
    unchanged: int
    incidents: list[str]


class AlarmOut(BaseModel):
    """An alarm. `known` is false where the operator's records have no such element; `incident` is a number."""

    id: int
    source: str
    element: str
    known: bool
    object: str
    problem: str
    severity: str
    state: str
    affecting: bool
    momentary: bool
    raised_at: datetime
    last_at: datetime
    cleared_at: datetime | None
    received_at: datetime
    count: int
    text: str
    incident: str | None


class AlarmsOut(BaseModel):
    items: list[AlarmOut]
    next: int | None


class AlarmsAsked(Strict):
    """Filters. `words` stand in the element's or the problem's name; `loose` are raised alarms of no incident, `unknown` those on
    elements that the records do not have."""

    state: State | None = None
    source: Part | None = None
    element: Part | None = None
    problem: Part | None = None
    severity: Severity | None = None
    incident: Part | None = None
    words: Annotated[str, Field(max_length=100)] = ""
    loose: bool = False
    unknown: bool = False
    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


@api.post("/alarms")
@api.input(AlarmsIn, arg_name="batch")
@api.output(ReceiptOut)
@access("alarms.write")
def receive(batch: AlarmsIn) -> dict[str, Any]:
    """Take in up to 1000 reports. Reports may come twice, late and in any order: the same alarms result."""
    faults = list(_source_faults(batch.alarms))
    reports = [_report(given) for given in batch.alarms]

    def check(session: Session) -> None:
        require([*faults, *_time_faults(session, reports)])

    return listing.told(take(reports, check))


def _report(given: AlarmIn) -> Report:
    source = given.source or principal().source or ""
    key = Key(source, given.element, given.object, given.problem)
    return Report(key, given.severity, given.raised_at, given.cleared_at, given.text)


def _source_faults(alarms: Iterable[AlarmIn]) -> Iterable[Item]:
    """A machine speaks for itself only: it cannot clear what another source raised."""
    own = principal().source
    for at, given in enumerate(alarms):
        if given.source is None and own is None:
            yield Item(
                f"alarms.{at}.source",
                "missing",
                N_("This field is missing."),
                N_("Name the system the alarm is from."),
                {},
            )
        elif own is not None and given.source not in (None, own):
            yield Item(
                f"alarms.{at}.source",
                "another-source",
                N_("This token is that of the source %(own)s."),
                N_("Leave the field out, or use the token of that source."),
                {"own": own},
            )


def _time_faults(session: Session, reports: list[Report]) -> Iterable[Item]:
    settings = here().settings.intake
    believed = Believed.around(
        clock.now(session), oldest_days=settings.oldest_days, future_minutes=settings.future_minutes
    )
    for at, report in enumerate(reports):
        yield from time_faults(f"alarms.{at}", report, believed)


@api.get("/alarms")
@api.input(AlarmsAsked, location="query", arg_name="asked")
@api.output(AlarmsOut)
@access("read")
def alarms(asked: AlarmsAsked) -> dict[str, Any]:
    """Alarms, the newest first."""
    wanted = listing.Wanted(**asked.model_dump())
    with here().database.read() as session:
        items, after = listing.listed(session, wanted, principal())
    return {"items": items, "next": after}
