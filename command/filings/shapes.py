"""What the addresses of reports to the regulator answer."""

from datetime import datetime

from pydantic import BaseModel

from command.filings.computing import Raw


class RuleOut(BaseModel):
    """A rule of reportability and its source; `now` is true where it matches by what has happened, false where only what is expected
    makes it match, and null in the list of all rules."""

    rule: str
    title: str
    source: str
    now: bool | None


class OwedOut(BaseModel):
    """How a report stands. `standing`: not_asked, foreseen, waits, owed, late, done. `flagged_from`: when the board begins to show it.
    `done_by`: filing, a bulletin's number, or hand. `edition` and `state` are of its newest edition."""

    incident: str
    report: str
    title: str
    event: str
    standing: str
    due_at: datetime | None
    flagged_from: datetime | None
    done_at: datetime | None
    was_late: bool
    done_by: str | int | None
    edition: int | None
    state: str | None
    reference: str | None
    source: str
    exercise: bool


class FieldOut(BaseModel):
    """A field. `value` is what the report says, in words; `computed` what the incident gives, `written` what a person wrote, as kept."""

    key: str
    title: str
    source: str
    required: bool
    missing: bool
    longest: int
    value: str
    computed: Raw
    computed_shown: str
    written: str


class EditionOut(BaseModel):
    """An edition in a list."""

    edition: int
    state: str
    submitted_at: datetime | None


class FilingOut(BaseModel):
    """One edition of a report with its fields. `state` is null and `version` 0 where nothing was drafted: the fields are a preview.
    `sound` is false where a submitted content does not agree with its digest or with the journal any more."""

    incident: str
    profile: str
    authority: str
    report: str
    title: str
    edition: int
    state: str | None
    version: int
    exercise: bool
    fields: list[FieldOut]
    missing: list[str]
    as_of: datetime
    due_at: datetime | None
    drafted_by: str | None
    drafted_at: datetime | None
    edited_by: str | None
    edited_at: datetime | None
    submitted_by: str | None
    submitted_at: datetime | None
    recorded_at: datetime | None
    reference: str | None
    override: bool
    reason: str | None
    changed: list[str]
    digest: str | None
    sound: bool | None
    editions: list[EditionOut]


class OfIncidentOut(BaseModel):
    """An incident's reports under the profile in force; `rules` are those by which it is reportable, now or by what is expected."""

    incident: str
    profile: str
    authority: str
    reportable: bool
    rules: list[RuleOut]
    reports: list[OwedOut]


class SubmittedOut(BaseModel):
    """A submitted edition in a list."""

    incident: str
    profile: str
    report: str
    title: str
    edition: int
    state: str
    due_at: datetime | None
    submitted_at: datetime | None
    submitted_by: str | None
    late: bool
    reference: str
    digest: str | None
    exercise: bool


class DraftOut(BaseModel):
    """A report that is being written."""

    incident: str
    report: str
    title: str
    edition: int
    due_at: datetime | None
    version: int
    exercise: bool


class AllOut(BaseModel):
    """`owed`: reports that are owed, the one due first first; `drafts`: those being written; `submitted`: what was submitted, the newest
    first; `rules`: all rules of the profile in force with their sources."""

    profile: str
    owed: list[OwedOut]
    drafts: list[DraftOut]
    submitted: list[SubmittedOut]
    rules: list[RuleOut]
