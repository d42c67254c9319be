"""The playbook: an emergency plan that can be executed. Frozen values; every rule of form is checked here.

A published version never changes: it is known by code, version and the digest of its canonical content.
"""

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from playbooks.faults import Misfit, Place, Unfit
from playbooks.notices import Bulletins, Minutes, NoticeKind, Notices
from playbooks.scripts import Script
from playbooks.tasks import Department, Task, task_misfits
from playbooks.texts import PublicText, Record, Slug, Text, within

TIERS = (1, 2, 3, 4)
Target = Annotated[str, StringConstraints(pattern=r"^(oncall|post|group):[a-z][a-z0-9_]{0,63}$")]


class Kind(StrEnum):
    """The event kinds for which an emergency plan must exist (R1)."""

    natural_disaster = "natural_disaster"
    network_fault = "network_fault"
    service_interruption = "service_interruption"
    complaint_surge = "complaint_surge"
    information_security = "information_security"


class Echelon(StrEnum):
    """The command centre whose emergency group handles a tier (R4)."""

    head_office = "head_office"
    province = "province"
    prefecture = "prefecture"
    county = "county"


class Function(StrEnum):
    """Functions of the incident's organisation."""

    command = "command"
    operations = "operations"
    planning = "planning"
    logistics = "logistics"
    public_information = "public_information"
    liaison = "liaison"
    safety = "safety"


class Role(Record):
    """Which post fills a function, and what it does there."""

    function: Function
    post: Slug
    duty: Text


class Step(Record):
    """Who is paged next, `after_minutes` from the first page, if nobody acknowledged."""

    after_minutes: Minutes
    target: Target


class Page(Record):
    """Who is called, by what, and what happens when nobody answers.

    `target` is `oncall:<schedule>`, `post:<post>` or `group:<echelon>`. With `reply_code` the page may be acknowledged
    by replying; without, only by link or by voice. `quiet_minutes` is how long whoever acknowledged may go without a sign until
    the next step is called (0: for ever); without it the house's rule for the tier holds.
    """

    target: Target
    by: Literal["sms", "voice"] = "sms"
    reply_code: bool = True
    ack_within_minutes: Minutes
    escalate: Annotated[tuple[Step, ...], Field(min_length=1)]
    quiet_minutes: Annotated[int, Field(ge=0, le=43_200)] | None = None

    def targets(self) -> Iterator[tuple[Place, str, str]]:
        """Every target, the first one first: its place in the page, `oncall` | `post` | `group`, and the name."""
        places: list[tuple[Place, str]] = [(("target",), self.target)]
        places += [(("escalate", index, "target"), step.target) for index, step in enumerate(self.escalate)]
        for place, target in places:
            sort, _, name = target.partition(":")
            yield place, sort, name

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        earliest = self.ack_within_minutes
        for index, step in enumerate(self.escalate):
            if step.after_minutes < earliest:
                yield Misfit(
                    f"{step.after_minutes} min is before {earliest} min, when the page is still open",
                    "Let every step begin after the one before it.",
                    ("escalate", index, "after_minutes"),
                )
            earliest = step.after_minutes + 1
        for place, sort, name in self.targets():
            if sort == "group" and name not in list(Echelon):
                yield Misfit(f"unknown echelon '{name}'", f"Use one of: {', '.join(Echelon)}.", place)


class Resource(Record):
    """A line of the resource deployment. `type` is the capability, 1 the highest, where the kind is typed."""

    id: Slug
    kind: Literal["technical", "human", "material", "information"]
    name: Text
    type: Annotated[int, Field(ge=1, le=4)] | None = None
    quantity: Annotated[int, Field(ge=1, le=10_000)]


class TierPlan(Record):
    """What the plan does for one severity tier. Times are minutes from the activation.

    `default_duration_minutes` stands in for the ETA until there is one: the projected grade needs it from minute 0.
    `cadence_minutes` is the gap between updates; null means a notice at the start and one at the end only.
    `quiet_hours`: `pass` sends at night too, `wait` holds notices until the morning.
    `script` is what agents say; plans of before it was known have none.
    """

    echelon: Echelon
    response_mechanism: Text
    default_duration_minutes: Minutes
    cadence_minutes: Minutes | None
    quiet_hours: Literal["pass", "wait"]
    tasks: Annotated[tuple[Task, ...], Field(min_length=len(Department))]
    pages: Annotated[tuple[Page, ...], Field(min_length=1)]
    resources: Annotated[tuple[Resource, ...], Field(min_length=1)]
    technical_support: Text
    advice: PublicText
    notices: Notices
    bulletins: Bulletins
    script: Script | None = None

    def tasks_of(self, department: Department) -> tuple[Task, ...]:
        """The department's tasks, in the order of the plan."""
        return tuple(task for task in self.tasks if task.department == department)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = tuple(within("tasks", task_misfits(self.tasks)))
        if found := (*found, *self._repeated("pages", "target"), *self._repeated("resources", "id")):
            raise Unfit(*found)
        return self

    def _repeated(self, field: str, key: str) -> Iterator[Misfit]:
        seen = set[str]()
        for index, item in enumerate(getattr(self, field)):
            name = getattr(item, key)
            if name in seen:
                yield Misfit(f"'{name}' is listed twice", "Keep one of the two.", (field, index, key))
            seen.add(name)


class Tiers(Record):
    """The four severity tiers, 1 the highest. Every plan covers all of them."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_alias=True, serialize_by_alias=True)

    first: TierPlan = Field(alias="1")
    second: TierPlan = Field(alias="2")
    third: TierPlan = Field(alias="3")
    fourth: TierPlan = Field(alias="4")

    def all(self) -> tuple[TierPlan, TierPlan, TierPlan, TierPlan]:
        """Tier I to tier IV."""
        return self.first, self.second, self.third, self.fourth


class PreApproval(Record):
    """Notices of this version that may leave without a second person, and to how many subscribers at most."""

    audience_cap: Annotated[int, Field(ge=0, le=100_000_000)]
    notices: tuple[NoticeKind, ...]

    def covers(self, kind: NoticeKind, audience: int) -> bool:
        """True if a notice to `audience` subscribers needs no second person."""
        return kind in self.notices and audience <= self.audience_cap


class Playbook(Record):
    """One version of an emergency plan, complete for every tier (R1, R34).

    `owner` keeps the plan up to date, `approved_by` is the post that put it into force and `approved_on` the day on which it did (None in
    files that do not say); it is in force from `issued` to `expires`, both days included. Without `needs_element` the plan runs though no
    network element has failed.
    """

    code: Slug
    version: Annotated[int, Field(ge=1)]
    kind: Kind
    title: Text
    scope: Text
    objects: Text
    goal: Text
    organisation: Annotated[tuple[Role, ...], Field(min_length=1)]
    issued: date
    expires: date
    owner: Department
    approved_by: Slug
    approved_on: date | None = None
    pre_approved: PreApproval
    needs_element: bool
    public_advice: PublicText
    tiers: Tiers

    def tier(self, number: int) -> TierPlan:
        """The plan for severity tier 1 to 4. Raises ValueError for any other number."""
        if number not in TIERS:
            raise ValueError(f"no severity tier {number}: use 1 (highest) to 4")
        return self.tiers.all()[number - 1]

    def in_force(self, on: date) -> bool:
        """True from the day of issue to the day of expiry."""
        return self.issued <= on <= self.expires

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if found := tuple(self._misfits()):
            raise Unfit(*found)
        return self

    def _misfits(self) -> Iterator[Misfit]:
        if self.expires <= self.issued:
            yield Misfit("expires before it is issued", "Let the plan expire after its day of issue.", ("expires",))
        if self.approved_on is not None and self.approved_on > self.issued:
            yield Misfit(
                f"approved on {self.approved_on}, after it is issued",
                "Issue a plan once it is approved.",
                ("approved_on",),
            )
        if not any(role.function == Function.command for role in self.organisation):
            yield Misfit("nobody has the function command", "Name the post that commands.", ("organisation",))
        for number in TIERS:
            yield from within("tiers", within(str(number), within("notices", self._notice_misfits(number))))

    def _notice_misfits(self, number: int) -> Iterator[Misfit]:
        notices = self.tier(number).notices
        if self.needs_element:
            yield from notices.outage_misfits()
        if self.kind == Kind.information_security:
            yield from notices.link_misfits()


def canonical(playbook: Playbook) -> bytes:
    """The content as stored with a running incident: JSON, keys sorted. `from_canonical` reads it back."""
    content = playbook.model_dump(mode="json", by_alias=True)
    if playbook.approved_on is None:  # plans from before the field existed keep their digest
        del content["approved_on"]
    for tier in content["tiers"].values():
        for page in tier["pages"]:
            if page["quiet_minutes"] is None:
                del page["quiet_minutes"]
        for bulletin in tier["bulletins"].values():
            if not bulletin["pre_approved"]:
                del bulletin["pre_approved"]
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_canonical(content: bytes) -> Playbook:
    """A playbook from its canonical content. Raises pydantic's ValidationError if it was tampered with in form."""
    return Playbook.model_validate_json(content)


def digest(playbook: Playbook) -> str:
    """SHA-256 of the canonical content, in hex: equal for two files that say the same in another order."""
    return hashlib.sha256(canonical(playbook)).hexdigest()
