"""The decision whether those concerned are told: by whom, why, when; where they are not told, when it is looked at again. The incident is
not over before it is made, nor while they are being told: what leaked stays true when the systems are well."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.incidents import concerned, entries, house, impacts, notifying, standing
from command.incidents.guards import FINAL, State
from command.incidents.lifecycle import Action, Refusal
from command.incidents.models import Incident
from command.notices import living
from command.notices import service as notices
from command.notices.models import Kind, Notice
from command.people.access import Principal
from command.security import flows, names
from command.security.entries import TellingDecided
from command.security.models import TellingDecision
from playbooks.texts import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """Tell or not, and why. Not telling needs the day on which it is looked at again. `override` acts on one's own word, on record."""

    tell: bool
    reason: str
    reconsider_on: date | None = None
    override: bool = False


def decide(session: Session, incident: Incident, choice: Choice, who: Principal) -> TellingDecision:
    """Put the decision for a locked incident on record. Telling submits a notice by the plan to exactly those concerned, which a second
    person approves. Raise Denied, Conflict, or Invalid naming the field."""
    standing.authorise(session, incident, who, "decide_telling", override=choice.override, reason=choice.reason)
    flows.handled(incident)
    cited = names.reasoned(session, choice.reason)
    reconsider = _reconsider(session, choice)
    count = concerned.count(session, incident)
    notice = _notice(session, incident, count) if choice.tell else None
    row = TellingDecision(
        incident_id=incident.id,
        tell=choice.tell,
        reason_note_id=cited.id,
        reconsider_on=reconsider,
        concerned=count,
        decided_at=clock.now(session),
        decided_by=who.person_id,
        notice_id=notice.id if notice else None,
        exercise=incident.exercise,
    )
    session.add(row)
    session.flush()
    decided = TellingDecided(
        person_id=who.person_id,
        telling="told" if choice.tell else "not_told",
        concerned=count,
        reconsider_on=reconsider,
        reason=cited,
    )
    entries.record(session, incident, decided)
    _settle_step(session, incident, who)
    return row


def _reconsider(session: Session, choice: Choice) -> date | None:
    if choice.tell:
        return None
    today = house.today(session, clock.now(session))
    if choice.reconsider_on is None or choice.reconsider_on <= today:
        raise Invalid(
            N_("Say when it is looked at again."),
            field="reconsider_on",
            remedy=N_("Give a day after today: not telling is never for good."),
        )
    return choice.reconsider_on


def _notice(session: Session, incident: Incident, count: int) -> Notice | None:
    """The first notice by the plan, submitted, or the one that is there, for whoever is concerned since; raise Conflict where it would
    reach others than those concerned, or nobody."""
    if count == 0:
        raise Conflict(
            N_("Nobody is on the list of those concerned."), remedy=N_("Bring the list in, then decide to tell them.")
        )
    if impacts.failed_now(session, incident):
        raise Conflict(
            N_("The incident cuts users off too, who would be told as well."),
            remedy=N_("Report the outage as an incident of its own, then tell those concerned here."),
        )
    if notifying.has_first(session, incident):
        notifying.grow(session, incident)
        return living.latest(session, incident.id, Kind.FIRST)
    actor = session.info["actor"]
    return notices.submit(session, notifying.draft(session, incident, Kind.FIRST, actor), actor)


def _settle_step(session: Session, incident: Incident, who: Principal) -> None:
    for row in flows.of(session, incident):
        if row.code == "decide" and row.state != "done":
            flows.write(session, incident, row, "done", None, who)


def due_again(session: Session, *, exercise: bool) -> list[tuple[Incident, TellingDecision]]:
    """Incidents that are handled whose newest decision was not to tell, and whose day to look at it again has come."""
    later = aliased(TellingDecision)
    superseded = select(later.id).where(later.incident_id == TellingDecision.incident_id, later.id > TellingDecision.id)
    query = (
        select(Incident, TellingDecision)
        .join(TellingDecision, TellingDecision.incident_id == Incident.id)
        .where(Incident.exercise.is_(exercise), Incident.state.not_in((*FINAL, State.CLOSED)), ~superseded.exists())
        .where(TellingDecision.reconsider_on <= house.today(session, clock.now(session)))
        .order_by(Incident.id)
    )
    return list(session.execute(query).tuples())


def newest(session: Session, incident: Incident) -> TellingDecision | None:
    """The decision that counts now."""
    mine = TellingDecision.incident_id == incident.id
    return session.scalar(select(TellingDecision).where(mine).order_by(TellingDecision.id.desc()).limit(1))


UNDECIDED = Refusal(
    "telling_decided",
    Text(zh="尚未决定是否告知相关用户", en="whether those concerned are told is not decided"),
    Text(zh="决定告知，或注明原因后暂不告知", en="decide to tell them, or not for now with a reason"),
)
UNDER_WAY = Refusal(
    "concerned_told",
    Text(zh="对相关用户的告知尚未发出", en="those concerned have not been told yet"),
    Text(zh="审批并发出通知，或撤回通知", en="have the notice approved and sent, or withdraw it"),
)


def asked(session: Session, incident: Incident, action: Action) -> Sequence[Refusal]:
    """Against saying that it is over, which would take back what those concerned have yet to be told."""
    if action is not Action.RESTORE or incident.kind != flows.KIND:
        return ()
    row = newest(session, incident)
    if row is None:
        return (UNDECIDED,) if concerned.count(session, incident) else ()
    under_way = {notice.id for notice in standing.notices_in_flight(session, incident)}
    return (UNDER_WAY,) if row.tell and row.notice_id in under_way else ()
