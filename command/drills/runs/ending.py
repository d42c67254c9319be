"""How a run ends: at its time or by its trainer's hand; stopped by the stop word, by anybody who takes part, or because something real
has happened. Whatever way, nothing of it goes on: not an inject, an alarm, a page, a notice, a unit."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.alarms import intake as alarms
from command.core import clock
from command.core.problems import N_, Denied
from command.drills import entries, kept
from command.drills.models import Drill, InjectState, State
from command.drills.runs import clockwork, feeding, injects, joining, phones, taking_part, watching
from command.drills.runs.phones import Said
from command.incidents import exercise_end, intake
from command.incidents.intake import Report
from command.incidents.models import Incident, PlaybookVersion
from command.people.access import Principal
from command.resources import recalling
from command.risks import register

ENDED = "演练结束 / the drill ended"
STOPPED = "演练已终止 / drill stopped"
_SAY_STOPPED = Said(
    zh="演练“%s”已终止。请停止一切演练行动；如有真实事件，按正常流程报告。",
    en="Drill %s was stopped. Stop all that you do for it; whatever is real is reported the usual way.",
)
_SAY_ENDED = Said(zh="演练“%s”结束，谢谢参加。", en="Drill %s is over. Thank you for taking part.")


def end(session: Session, drill: Drill, who: Principal | None = None) -> None:
    """End a locked drill that goes on: its time is over (`who` None), or whoever runs it says so. Raise Denied or Conflict."""
    if who is not None:
        taking_part.must_run(session, drill, who)
    _wind_up(session, drill, ENDED)
    drill.state = State.ENDED
    session.flush()
    states = [row.state for row in injects.of(session, drill)]
    answered, skipped = states.count(InjectState.ANSWERED), states.count(InjectState.SKIPPED)
    told = entries.Ended(
        second=round(drill.elapsed_s, 1), answered=answered, delivered=len(states) - skipped, skipped=skipped
    )
    entries.record(session, drill, told)
    register.drilled(
        session,
        clock.now(session),
        scenario=kept.scenario_of(session, drill).code,
        playbooks=_playbooks(session, drill),
        subject=drill.subject,
        drill=drill.code,
    )
    _tell(session, drill, _SAY_ENDED)


def _playbooks(session: Session, drill: Drill) -> Collection[str]:
    """The codes of the plans that the incidents of a drill followed."""
    followed = [each.playbook_id for each in joining.incidents(session, drill)]
    return set(session.scalars(select(PlaybookVersion.code).where(PlaybookVersion.id.in_(followed))))


def stop(session: Session, drill: Drill, who: Principal | None, because: str = "person") -> int:
    """Stop a locked drill that goes on, at once: by anybody who takes part or runs it, or (`who` None) by the stop word. Return how many
    units and lots are free again. Raise Denied or Conflict."""
    if who is not None:
        may_stop(session, drill, who)
    return _stop(session, drill, because, None)


def may_stop(session: Session, drill: Drill, who: Principal) -> None:
    """Raise Denied unless somebody takes part in a drill or runs it."""
    if not taking_part.rows_of(session, drill, who.person_id) and not taking_part.runs(session, drill, who):
        raise Denied(
            N_("You do not take part in this drill."),
            remedy=N_("Tell its trainer, or anybody who plays, to stop it."),
        )


def real_event(session: Session, drill: Drill, who: Principal, report: Report) -> Incident:
    """Something real has happened: stop a locked drill and open a clean live incident by a report that holds nothing of the drill. Return
    the incident. Raise Denied, Invalid or Conflict; then nothing is stopped either, and `stop` is there for that."""
    may_stop(session, drill, who)
    injects.goes_on(drill)
    alarms.lock(session)
    incident = intake.report(session, replace(report, exercise=False), who)
    _stop(session, drill, "real_event", None if incident.restricted else incident.number)
    return incident


def _stop(session: Session, drill: Drill, because: str, incident: str | None) -> int:
    freed = _wind_up(session, drill, STOPPED)
    drill.state, drill.reason = State.STOPPED, because
    session.flush()
    told = entries.Stopped(second=round(drill.elapsed_s, 1), because=because, released_units=freed, incident=incident)
    entries.record(session, drill, told)
    _tell(session, drill, _SAY_STOPPED)
    return freed


def _wind_up(session: Session, drill: Drill, reason: str) -> int:
    """Bring all of a drill to its end, in the order in which nothing starts anew; return how many units and lots are free again."""
    injects.goes_on(drill)
    alarms.lock(session)
    watching.work(session, drill)
    clockwork.stand_still(session, drill)
    drill.ended_at = clock.now(session)
    for row in injects.of(session, drill):
        if row.state == InjectState.PENDING:
            injects.skip(session, drill, row, "over")
    mine = joining.incidents(session, drill)
    freed = recalling.recall_all(session, [each.id for each in mine], reason)
    for each in mine:
        exercise_end.end(session, each.number, reason)
    feeding.end(session, drill)
    phones.withdraw(session, drill)
    return freed


def _tell(session: Session, drill: Drill, text: Said) -> None:
    """Everybody who takes part in a live drill is told; then their numbers leave the allow-list."""
    said = Said(zh=text.zh % drill.name, en=text.en % drill.name)
    until = clock.now(session) + phones.LAST_WORDS
    phones.say(session, drill, taking_part.people(session, drill), said, until)
    phones.end_allowing(session, drill)
