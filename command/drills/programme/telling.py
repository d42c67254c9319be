"""Telling people of a drill by SMS, through the exercise gateway alone: its supervisors and trainer always, players where it is live.

The engine sends these outside of any request, so they do not come from the catalogues. Each begins with the mark of an exercise."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from command.core import clock
from command.drills import entries
from command.drills.models import Drill, DrillParticipant, Part
from command.incidents import house
from command.messages import exercises
from command.messages import service as messages
from command.messages.models import Lane, Purpose
from command.people.models import Person
from playbooks.scenario import Mode

VALID = timedelta(hours=24)
"""How long a message may wait for the gateway."""


def supervisors(session: Session, drill: Drill, which: str) -> None:
    """Tell both supervisors."""
    for person in _people(session, drill, (Part.SUPERVISOR,)):
        tell(session, drill, person, which)


def everybody(session: Session, drill: Drill, which: str) -> int:
    """Tell all who take part that they, where they know of the drill already; return how many take part. Players are told where the
    drill is live: else no phone rings."""
    others = (Part.PLAYER, Part.CONTROLLER, Part.EVALUATOR)
    people = _people(session, drill, others)
    if drill.mode == Mode.live:
        for person in people:
            tell(session, drill, person, which)
    return len(people)


def announce(session: Session, drill: Drill) -> None:
    """Let people know of an announced drill, once."""
    drill.announced_at = clock.now(session)
    entries.record(session, drill, entries.Announced(people=everybody(session, drill, "announced")))


def trainer(session: Session, drill: Drill, which: str) -> None:
    """Tell whoever planned it."""
    tell(session, drill, session.get_one(Person, drill.trainer_id), which)


def tell(session: Session, drill: Drill, person: Person, which: str) -> None:
    """Put one text in the queue; nothing where somebody has no number. They stand on the allow-list as long as it is valid."""
    if not person.active or person.number is None or person.number_index is None:
        return
    until = clock.now(session) + VALID
    exercises.allow_at_least(session, person.number_index, until, f"person:{drill.trainer_id}")
    outgoing = messages.Outgoing(
        purpose=Purpose.ANSWER,
        lane=Lane.CORRECTION,
        addressee=person.id,
        recipient=person.number_index,
        number=person.number,
        body_id=messages.put_body(session, words(session, drill, person.language, which), person.language),
        exercise=True,
        valid_until=until,
    )
    messages.enqueue(session, outgoing)


def words(session: Session, drill: Drill, language: str, which: str) -> str:
    """What a text says."""
    texts = TEXTS["zh" if language == "zh" else "en"]
    return texts[which] % {"name": drill.name, "at": _when(session, drill.due_at), "code": drill.code}


def _when(session: Session, at: datetime) -> str:
    return f"{at.astimezone(house.settings(session).tz):%Y-%m-%d %H:%M}"


def _people(session: Session, drill: Drill, parts: tuple[Part, ...]) -> list[Person]:
    mine = select(DrillParticipant.person_id).where(
        DrillParticipant.drill_id == drill.id, DrillParticipant.part.in_(list(parts))
    )
    return list(session.scalars(select(Person).where(Person.id.in_(mine)).order_by(Person.id)))


TEXTS = {
    "zh": {
        "supervise": "【演练】您是%(name)s（%(code)s）的监督人，定于%(at)s开始。请在开始前登录系统确认，两人都确认后才会开始。",
        "announced": "【演练】预告：%(name)s（%(code)s），定于%(at)s。届时为演练，没有发生真实事件。",
        "moved": "【演练】%(name)s（%(code)s）改到%(at)s。监督人须重新确认。",
        "cancelled": "【演练】%(name)s（%(code)s）已取消，原定%(at)s。",
        "clash": "【演练】%(name)s（%(code)s）定于%(at)s，同一区域当时另有演练。请改期，否则到时不能开始。",
        "not_acknowledged": "【演练】%(name)s（%(code)s）未举行：两名监督人未在%(at)s之后的宽限时间内确认。",
        "no_engine": "【演练】%(name)s（%(code)s）未举行：%(at)s及宽限时间内没有引擎运行。",
        "refused": "【演练】%(name)s（%(code)s）未举行：%(at)s及宽限时间内条件不允许开始，原因见演练页面。",
    },
    "en": {
        "supervise": "[DRILL] You supervise %(name)s (%(code)s), due %(at)s. Sign in and acknowledge before it: it starts "
        "once both of you have.",
        "announced": "[DRILL] Announced: %(name)s (%(code)s), due %(at)s. It will be a drill: nothing has happened.",
        "moved": "[DRILL] %(name)s (%(code)s) is moved to %(at)s. Its supervisors have to acknowledge it anew.",
        "cancelled": "[DRILL] %(name)s (%(code)s) is cancelled; it was due %(at)s.",
        "clash": "[DRILL] %(name)s (%(code)s) is due %(at)s, when another drill goes on in its area. Move it, or it cannot begin then.",
        "not_acknowledged": "[DRILL] %(name)s (%(code)s) was not held: its two supervisors did not acknowledge it in the "
        "time of grace after %(at)s.",
        "no_engine": "[DRILL] %(name)s (%(code)s) was not held: no engine ran at %(at)s nor in the time of grace.",
        "refused": "[DRILL] %(name)s (%(code)s) was not held: it could not begin at %(at)s nor in the time of grace; its "
        "page says why.",
    },
}
