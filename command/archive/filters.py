"""What somebody looks for in the archive: as an address says it, and as the search understands it. Pure but for the reader's zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from command.core.documents import Report, items
from command.core.log import mask, masked_words
from command.core.problems import N_, Invalid
from command.incidents.guards import State
from playbooks.schema import Kind

_NUMBER = re.compile(r"(?<![\w-])(\+\d{8,15}|1\d{10})(?![\w-])", re.ASCII)


def without_numbers(text: str) -> str:
    """What was typed, phone numbers masked: it goes into addresses, saved filters and the audit stream (I10)."""
    return _NUMBER.sub(lambda found: mask(found[1]), masked_words(text))


Name = Annotated[str, StringConstraints(strip_whitespace=True, max_length=64), AfterValidator(without_numbers)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), AfterValidator(without_numbers)]
Moment = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40)]
Sort = Literal["newest", "oldest", "tier", "users", "user_minutes"]
NAMES = ("number", "text", "area", "service", "person", "tier", "kind", "state", "from", "to", "exercise")
"""The parameters of a search, by which other pages link here; besides them `sort`."""


class Filter(BaseModel):
    """A search as an address says it. Fields left out or empty do not narrow. `from` and `to` are days, or times, at which the case was
    detected, both included; without a zone they are the operator's."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    number: Name | None = None
    text: Words | None = None
    area: Name | None = None
    service: Name | None = None
    person: Name | None = None
    tier: Annotated[int, Field(ge=1, le=4)] | None = None
    kind: Kind | None = None
    state: State | None = None
    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None
    exercise: Literal["yes", "no"] | None = None
    sort: Sort = "newest"

    def parameters(self) -> dict[str, str]:
        """The parameters that narrow, in their fixed order, as an address carries them."""
        values = self.model_dump(mode="json", by_alias=True)
        found = {name: str(values[name]) for name in NAMES if values[name] not in (None, "")}
        return found | ({} if self.sort == "newest" else {"sort": self.sort})

    def query(self, **more: str) -> str:
        """The same as the query of an address."""
        return urlencode({**self.parameters(), **more})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A search with its times resolved: detected at or after `since`, and before `until`. `cases` are the ids of those with the words that
    were asked for, once somebody looked (search.looked_up); None until then, and where no words are asked for."""

    filter: Filter
    since: datetime | None
    until: datetime | None
    cases: frozenset[int] | None = None


def read(given: Mapping[str, str]) -> Filter:
    """The filter that a form or an address describes; names that are none of ours are left alone. Raise a Report naming the field."""
    known = {name: given[name] for name in (*NAMES, "sort") if given.get(name, "").strip()}
    return checked(known)


def checked(values: Mapping[str, Any]) -> Filter:
    """The filter of these parameters; raise a Report naming the first field that cannot be used."""
    try:
        return Filter.model_validate(dict(values))
    except ValidationError as error:
        found = items(error.errors(include_url=False))
        first = found[0]
        raise Report(
            422, "invalid", first.detail, first.remedy, items=found, field=first.field, **first.values
        ) from error


def resolve(asked: Filter, zone: tzinfo) -> Wanted:
    """The filter with its times as instants; raise Invalid."""
    since, _ = _moment(asked.from_, "from", zone)
    at, whole_day = _moment(asked.to, "to", zone)
    if at is None:
        return Wanted(asked, since, None)
    until = at + (timedelta(days=1) if whole_day else timedelta(microseconds=1))
    if since is not None and since >= until:
        raise Invalid(
            N_("The search ends before it begins."), field="to", remedy=N_("Choose an end after the beginning.")
        )
    return Wanted(asked, since, until)


def _moment(text: str | None, field: str, zone: tzinfo) -> tuple[datetime | None, bool]:
    """An instant, and whether a whole day was named. A plus sign that an address lost is put back."""
    if not text:
        return None, False
    try:
        at = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        at = at if at.tzinfo else at.replace(tzinfo=zone)
        if not 1970 <= at.year <= 9000:
            raise ValueError(text)
    except (ValueError, OverflowError) as error:
        raise Invalid(
            N_("This is no day and no time."),
            field=field,
            remedy=N_(
                "Write it as 2026-11-21, or as 2026-11-21T14:05 with an offset if it is not the operator's time."
            ),
        ) from error
    return at, len(text) == len("2026-11-21")


def masked(given: Mapping[str, str]) -> str:
    """The query of an address with the phone numbers in it masked; nothing else is changed, and nothing is checked."""
    return urlencode({name: without_numbers(given[name]) for name in (*NAMES, "sort") if given.get(name)})
