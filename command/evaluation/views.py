"""Reports as programs read them."""

from collections.abc import Sequence
from datetime import date, datetime

from flask_babel import gettext
from pydantic import BaseModel
from sqlalchemy.orm import Session

from command.core import clock
from command.evaluation import listing, publishing, reading
from command.evaluation.models import State
from command.evaluation.parts import Part
from command.evaluation.reading import Report
from command.evaluation.texts import Text
from command.incidents.models import Incident
from command.incidents.views import PersonOut, person
from command.people.access import Principal


class PartOut(BaseModel):
    """A part in words. `version` 0: nobody wrote it here; it is what the incident and its review say."""

    part: Part
    text: str
    version: int
    by: PersonOut | None
    at: datetime | None


class HistoryOut(BaseModel):
    """A part as it was written, version by version."""

    versions: list[PartOut]


class CausesOut(BaseModel):
    """Codes of config/causes.yaml; null: not known."""

    root_cause: str | None
    cause_code: str | None
    third_party: bool
    contributing: list[str]


class SignatureOut(BaseModel):
    """A post and who signed as it; null while nobody has. `digest` is the SHA-256 (hex) of what they signed."""

    post: str
    by: PersonOut | None
    at: datetime | None
    digest: str | None


class ActionOut(BaseModel):
    """An improvement action that came of the incident; `clause` is what it changes of a playbook."""

    id: int
    title: str
    owner: str
    due_on: date
    state: str
    verified_at: datetime | None
    clause: str


class ProposalOut(BaseModel):
    """A new text for a clause of a playbook. `work` is the draft of the plan that holds it; `waits` says why it is in none."""

    id: int
    action: int
    playbook: str
    version: int
    place: str
    zh: str
    en: str
    work: int | None
    waits: str


class FindingOut(BaseModel):
    """Something that users should not read: what it is, and the words."""

    language: str
    what: str
    words: str


class PublicOut(BaseModel):
    """The version for users: where they read it (empty before anybody began the report), since when, and what keeps it from them."""

    address: str
    published_at: datetime | None
    findings: list[FindingOut]


class EvaluationOut(BaseModel):
    """A report. `missing` says what keeps it from being signed; `digest` is of what there is to sign; `changed`: what was signed is not
    what stands. `moments` by name, null where it has not happened or is not known. `void`: signatures of earlier rounds."""

    incident: str
    tier: int
    state: State
    missing: list[str]
    digest: str
    changed: bool
    due_at: datetime | None
    overdue: bool
    parts: list[PartOut]
    causes: CausesOut
    moments: dict[str, datetime | None]
    signatures: list[SignatureOut]
    void: int
    actions: list[ActionOut]
    proposals: list[ProposalOut]
    public: PublicOut


class RowOut(BaseModel):
    """A report of the list. `mine`: it waits for the signature of whoever asks. `due_at` null: the incident is not closed."""

    incident: str
    kind: str
    tier: int
    state: State
    restored_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    overdue: bool
    signed: list[str]
    left: list[str]
    mine: bool
    published: bool


class CountsOut(BaseModel):
    draft: int
    mine: int
    overdue: int
    signed: int


class RowsOut(BaseModel):
    items: list[RowOut]
    next: int | None
    counts: CountsOut


def part_out(session: Session, text: Text, language: str) -> PartOut:
    """A part."""
    by = person(session, text.person_id, language)
    return PartOut(part=text.part, text=text.text, version=text.version, by=by, at=text.at)


def out(session: Session, incident: Incident, language: str) -> EvaluationOut:
    """The report of an incident that the reader may know of."""
    found = reading.assemble(session, incident, language, course=False)
    due, now = listing.due_at(incident), clock.now(session)
    return EvaluationOut(
        incident=incident.number,
        tier=incident.tier,
        state=found.state,
        missing=[str(gettext(each)) for each in found.missing],
        digest=found.digest,
        changed=found.changed,
        due_at=due,
        overdue=found.state != State.SIGNED and due is not None and due < now,
        parts=[part_out(session, text, language) for text in found.texts.values()],
        causes=CausesOut(
            root_cause=incident.root_cause,
            cause_code=incident.cause,
            third_party=incident.third_party,
            contributing=list(found.contributing),
        ),
        moments=dict(found.facts.moments),
        signatures=_signatures(session, found, language),
        void=found.void,
        actions=[ActionOut.model_validate(each, from_attributes=True) for each in found.actions],
        proposals=[
            ProposalOut(
                id=each.id,
                action=each.action_id,
                work=each.work_id,
                **{name: getattr(each, name) for name in ("playbook", "version", "place", "zh", "en", "waits")},
            )
            for each in found.proposals
        ],
        public=_public(session, found),
    )


def _signatures(session: Session, found: Report, language: str) -> list[SignatureOut]:
    there = {each.post: each for each in found.signatures}
    made = []
    for post in found.posts:
        each = there.get(post)
        by = person(session, each.person_id, language) if each else None
        made.append(SignatureOut(post=post, by=by, at=each.at if each else None, digest=each.digest if each else None))
    return made


def _public(session: Session, found: Report) -> PublicOut:
    row = found.row
    return PublicOut(
        address=f"/status/reports/{row.public_id}" if row else "",
        published_at=row.published_at if row else None,
        findings=[
            FindingOut(language=language, what=each.what, words=each.words)
            for language, listed in publishing.findings(session, found.incident, row).items()
            for each in listed
        ],
    )


def rows_out(session: Session, wanted: listing.Wanted, who: Principal) -> RowsOut:
    """A list of reports, and how many there are of each sort; `wanted.limit` asks for one more than is shown."""
    found: Sequence[listing.Row] = listing.rows(session, wanted, who)
    shown = wanted.limit - 1
    items = [
        RowOut(
            incident=each.incident.number,
            kind=each.incident.kind,
            tier=each.incident.tier,
            restored_at=each.incident.restored_at,
            closed_at=each.incident.closed_at,
            published=each.report is not None and each.report.published_at is not None,
            **{name: getattr(each, name) for name in ("state", "due_at", "overdue", "signed", "left", "mine")},
        )
        for each in found[:shown]
    ]
    counts = CountsOut.model_validate(listing.counts(session, who), from_attributes=True)
    return RowsOut(items=items, next=wanted.skip + shown if len(found) > shown else None, counts=counts)
