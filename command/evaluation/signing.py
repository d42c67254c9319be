"""Signatures: the posts that the incident's tier asks for, each by one person, nobody twice, and nothing that is not whole."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from command.core import clock
from command.core.names import Words
from command.core.problems import N_, Conflict, Denied
from command.evaluation import entries, parts, proposing, report, rules, texts
from command.evaluation.models import EvaluationReport, EvaluationSignature, State
from command.incidents import entries as journal
from command.incidents.guards import State as Life
from command.incidents.models import Incident
from command.people import posts
from command.people.access import Principal
from command.people.authority import Post


def missing(session: Session, incident: Incident, row: EvaluationReport | None) -> Sequence[str]:
    """What has to be there before the report is signed and is not, as message ids."""
    return parts.missing(texts.given(session, incident, row), rules.table().of(incident.tier))


def left(session: Session, incident: Incident, row: EvaluationReport) -> list[Post]:
    """The posts whose signatures are missing."""
    there = {each.post for each in report.signatures(session, row)}
    return [post for post in rules.table().of(incident.tier).posts if post not in there]


def post_of(session: Session, incident: Incident, row: EvaluationReport, who: Principal) -> Post | None:
    """As what somebody may sign now; None where they may not, or have."""
    if row.state != State.FOR_SIGNATURE or who.source is not None:
        return None
    if any(each.person_id == who.person_id for each in report.signatures(session, row)):
        return None
    return next((post for post in left(session, incident, row) if post in who.posts), None)


def submit(session: Session, number: str, who: Principal) -> EvaluationReport:
    """Put the report up for signature. Raise Denied, or Conflict naming what is missing."""
    incident, row = report.to_change(session, number, who)
    if row.state != State.DRAFT:
        raise Conflict(N_("This report waits for its signatures already."), remedy=N_("Sign it, or reopen it."))
    if incident.state == Life.RESTORED:
        raise Conflict(
            N_("The repair is still watched."), remedy=N_("Begin the review first: a fault may return until then.")
        )
    _whole(session, incident, row)
    row.state, row.submitted_by, row.submitted_at = State.FOR_SIGNATURE, who.person_id, clock.now(session)
    told = entries.ForSignature(
        person_id=who.person_id,
        digest=texts.digest(session, incident, row),
        posts=tuple(str(post) for post in rules.table().of(incident.tier).posts),
    )
    journal.record(session, incident, told)
    return row


def _whole(session: Session, incident: Incident, row: EvaluationReport) -> None:
    lacking = missing(session, incident, row)
    if lacking:
        raise Conflict(
            N_("The report lacks: %(missing)s."),
            remedy=N_("Add it, then put the report up for signature."),
            code="not-whole",
            missing=Words(lacking),
        )


def sign(session: Session, number: str, who: Principal, seen: str = "") -> EvaluationReport:
    """Sign as the first post of one's own that is missing; the last signature makes the report signed. `seen` is the digest of what one has
    read, where one says so. Raise Denied, or Conflict where it is not up for signature, not whole, or was changed meanwhile."""
    incident = report.locked(session, number, who, report.SIGN)
    row = report.of(session, incident)
    if row is None or row.state != State.FOR_SIGNATURE:
        raise Conflict(
            N_("This report is not up for signature."),
            remedy=N_("A draft is put up for signature first; a signed one has all its signatures."),
            code="not-for-signature",
        )
    _whole(session, incident, row)
    mark = texts.digest(session, incident, row)
    if seen and seen != mark:
        raise Conflict(
            N_("The report was changed since you opened it."),
            remedy=N_("Read it again, then sign."),
            code="changed-since",
        )
    post = _as_what(session, incident, row, who)
    session.add(
        EvaluationSignature(
            report_id=row.id, round=row.round, person_id=who.person_id, post=post, digest=mark, at=clock.now(session)
        )
    )
    session.flush()
    waiting = left(session, incident, row)
    told = entries.Signed(person_id=who.person_id, post=post, digest=mark, left=tuple(str(each) for each in waiting))
    journal.record(session, incident, told)
    if not waiting:
        row.state, row.signed_at = State.SIGNED, clock.now(session)
        proposing.propose(session, incident, row, who)
    return row


def _as_what(session: Session, incident: Incident, row: EvaluationReport, who: Principal) -> Post:
    if any(each.person_id == who.person_id for each in report.signatures(session, row)):
        raise Conflict(
            N_("You have signed this report."),
            remedy=N_("Another person signs as each other post."),
            code="signed-twice",
        )
    post = post_of(session, incident, row, who)
    if post is None:
        raise Denied(
            N_("This report is not yours to sign."),
            remedy=N_("It waits for: %(who)s."),
            who=posts.words(left(session, incident, row)),
        )
    return post
