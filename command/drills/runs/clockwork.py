"""The exercise clock in a person's hand: pause, go on, faster or slower where no phone and no unit takes part."""

from sqlalchemy.orm import Session

from command.core import clock
from command.core.problems import N_, Conflict, Invalid
from command.drills import entries, kept
from command.drills.models import Drill, State
from command.drills.runs import injects, phones, taking_part, words
from command.incidents import grave
from command.people.access import Principal
from playbooks.scenario import Mode

SLOWEST, FASTEST = 0.1, 60.0


def pause(session: Session, drill: Drill, who: Principal | None, because: str = "person") -> None:
    """Let the exercise time of a locked drill stand still, because of a person or (`who` None) something `real`. Raise Denied or
    Conflict."""
    if who is not None:
        taking_part.must_run(session, drill, who)
    _is(drill, State.RUNNING)
    stand_still(session, drill)
    drill.state = State.PAUSED
    session.flush()
    entries.record(session, drill, entries.Paused(second=round(drill.elapsed_s, 1), because=because))


def give_way(session: Session, drill: Drill) -> bool:
    """Pause a locked drill that runs where a live incident became one of tier I or II since it last went on; whether it was paused. Who
    lets it go on nevertheless has seen that incident."""
    if drill.state != State.RUNNING or not grave.going_on(session, drill.ticking_from):
        return False
    pause(session, drill, None, "real")
    return True


def stand_still(session: Session, drill: Drill) -> None:
    """Exercise time goes no further than now."""
    drill.elapsed_s, drill.ticking_from = kept.ticking(drill).at(clock.now(session)), None
    session.flush()


def resume(session: Session, drill: Drill, who: Principal) -> None:
    """Let a paused, locked drill go on. Raise Denied or Conflict."""
    taking_part.must_run(session, drill, who)
    _is(drill, State.PAUSED)
    drill.state, drill.ticking_from = State.RUNNING, clock.now(session)
    session.flush()
    phones.allow(session, drill)
    entries.record(session, drill, entries.Resumed(second=round(drill.elapsed_s, 1), speed=drill.speed))


def set_speed(session: Session, drill: Drill, who: Principal, speed: float) -> None:
    """Let exercise time of a locked simulation run `speed` times as fast as the clock from now on; on record when it runs. Raise Denied,
    Invalid or Conflict."""
    taking_part.must_run(session, drill, who)
    injects.goes_on(drill)
    give_way(session, drill)
    if drill.mode != Mode.simulation:
        raise Conflict(
            N_("Only a simulation runs faster or slower than the clock."),
            field="speed",
            remedy=N_("Put an inject to the players ahead of its time instead."),
        )
    if not SLOWEST <= speed <= FASTEST:
        raise Invalid(
            N_("The speed is %(slowest)s to %(fastest)s."),
            field="speed",
            remedy=N_("Write 1 for real time, 10 for ten times as fast."),
            slowest=f"{SLOWEST:g}",
            fastest=f"{FASTEST:g}",
        )
    now = clock.now(session)
    drill.elapsed_s = kept.ticking(drill).at(now)
    drill.ticking_from = now if drill.state == State.RUNNING else None
    drill.speed = speed
    session.flush()
    if drill.state == State.RUNNING:
        entries.record(session, drill, entries.Resumed(second=round(drill.elapsed_s, 1), speed=speed))


def _is(drill: Drill, state: State) -> None:
    if drill.state != state:
        raise Conflict(
            N_("This drill is %(state)s."),
            remedy=N_("Look at its page for what can be done now."),
            code="not-running",
            state=words.state(drill.state),
        )
