"""What each regulator wants to be told: which incidents are reportable, by which reports, with which fields: config/regulators.yaml."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from command.core.paths import CONFIG
from command.core.problems import N_, NotFound
from command.incidents import house
from command.incidents.clocks import Event, Profile
from command.incidents.grading import RuleId, Tier, When
from playbooks.faults import Fault
from playbooks.schema import Kind
from playbooks.source import Misfit, SourceError, Unfit, load
from playbooks.texts import Line, Record, Slug, Text

FILE = CONFIG / "regulators.yaml"
RegulatorEvent = Literal[
    "regulator_informed", "regulator_brief_sent", "regulator_report_sent", "regulator_final_report_sent"
]
Time = Literal["occurred_at", "discovered_at", "eta", "restored_at"]
Figure = Literal["users_peak", "users_now", "user_minutes", "duration_minutes", "told_users", "records_leaked"]
Said = Literal[
    "operator",
    "number",
    "kind",
    "tier",
    "area",
    "services",
    "critical_services",
    "share",
    "fault_class",
    "root_cause",
    "cause",
    "third_party",
    "summary",
    "cause_words",
    "measures",
    "commander",
    "contact",
]
Source = Time | Figure | Said | Literal["words"]
"""Where a field's value comes from: a time, a figure or something said of the incident; `words` are a person's alone."""


class Reportable(Record):
    """One way in which an incident is reportable: `when` holds and it is of one of `tiers`, as far as they are given."""

    id: RuleId
    when: When | None = None
    tiers: tuple[Tier, ...] | None = None
    title: Text
    source: Line

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.when is None and not self.tiers:
            raise Unfit(Misfit("no condition, so it would match everything", "Give when, tiers, or both."))
        return self


class FieldOf(Record):
    """One field of a report; `longest` in characters of what a person may write. With `kinds` it is asked of those alone."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    key: Slug
    title: Text
    source: Source = Field(alias="from")
    required: bool
    longest: Annotated[int, Field(ge=1, le=20_000)] = 500
    kinds: tuple[Kind, ...] | None = None

    def asked_of(self, kind: str) -> bool:
        """Whether an incident of a kind is asked for it."""
        return self.kinds is None or kind in self.kinds


class Report(Record):
    """One report: sending it is `event`, and the clock that this event stops says by when. Flagged `ahead_minutes` before."""

    id: RuleId
    title: Text
    event: RegulatorEvent
    ahead_minutes: Annotated[int, Field(ge=1, le=43_200)]
    source: Line
    fields: Annotated[tuple[FieldOf, ...], Field(min_length=1)]

    def asked_of(self, kind: str) -> tuple[FieldOf, ...]:
        """The fields that an incident of a kind is asked for, in order."""
        return tuple(field for field in self.fields if field.asked_of(kind))

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(_twice([field.key for field in self.fields], ("fields",), "key")):
            raise Unfit(*found)
        return self


class Regulator(Record):
    """One profile: whom it reports to, and what."""

    authority: Text
    reportable: Annotated[tuple[Reportable, ...], Field(min_length=1)]
    reports: Annotated[tuple[Report, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [
            *_twice([rule.id for rule in self.reportable], ("reportable",), "id"),
            *_twice([report.event for report in self.reports], ("reports",), "event"),
        ]
        if found:
            raise Unfit(*found)
        return self


class Regulators(Record):
    """The whole of config/regulators.yaml. The id of a report stands for one report of one profile."""

    profiles: Mapping[Profile, Regulator]

    def found(self, report_id: str) -> tuple[Profile, Report] | None:
        """The report of an id, and whose it is."""
        pairs = ((profile, report) for profile, one in self.profiles.items() for report in one.reports)
        return next(((profile, report) for profile, report in pairs if report.id == report_id), None)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        seen = set[str]()
        for profile, regulator in self.profiles.items():
            for index, report in enumerate(regulator.reports):
                if report.id in seen:
                    place = ("profiles", profile, "reports", index, "id")
                    raise Unfit(Misfit(f"'{report.id}' is used twice", "Give each report an id of its own.", place))
                seen.add(report.id)
        return self


def _twice(values: list[str], place: tuple[str, ...], name: str) -> Iterator[Misfit]:
    counts = Counter(values)
    for index, value in enumerate(values):
        if counts[value] > 1 and values.index(value) != index:
            yield Misfit(f"'{value}' is used twice", f"Give each an {name} of its own.", (*place, index, name))


def unclocked(table: Regulators) -> list[Fault]:
    """Reports whose event stops no clock of their profile: nobody would know by when."""
    timed = {
        (profile, clock.stops)
        for clock in house.clocks().clocks
        for profile in (clock.applies.profiles or table.profiles)
    }
    return [
        Fault(
            FILE.as_posix(),
            1,
            f"profiles.{profile}.reports",
            f"no clock says by when '{report.id}' is due",
            f"Add a clock to config/clocks.yaml that stops with {report.event} and applies to the profile {profile}.",
        )
        for profile, regulator in table.profiles.items()
        for report in regulator.reports
        if (profile, Event(report.event)) not in timed
    ]


@cache
def table() -> Regulators:
    """The table, read once a process. Raise SourceError for a fault in it, with its line and its remedy."""
    found = load(FILE, Regulators)
    if faults := unclocked(found):
        raise SourceError(*faults)
    return found


def report_of(report_id: str) -> tuple[Profile, Report]:
    """The report of an id, and whose it is; raise NotFound."""
    found = table().found(report_id)
    if found is None:
        raise unknown(report_id)
    return found


def unknown(report_id: str) -> NotFound:
    """There is no such report, or no such edition of it."""
    return NotFound(
        N_("There is no report %(report)s of this incident."),
        field="report",
        remedy=N_("Look at the incident's reports to the regulator for what there is."),
        report=report_id[:64],
    )
