"""A small network with subscribers, and an operator's hands: fail, heal, fan out, and let messages land as the engine would."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select, update

from command.core import clock
from command.core.installation import Installation
from command.engine import fan_out
from command.messages import service as messages
from command.messages.about import About
from command.messages.models import Delivery, Halt, State
from command.network import service as network
from command.network.models import Area, CutOff, Element, Service, Subscriber
from command.network.revision import changed
from command.notices import rounds, service
from command.notices.models import Kind, Notice, NoticeState

FIRST = {"zh": "【示例通信】梅江区部分用户无法上网，正在抢修。", "en": "[Example] Outage in Meijiang, being repaired."}
CLEAR = {"zh": "【示例通信】梅江区网络已恢复。", "en": "[Example] Service is back."}
MISSED = {"zh": "【示例通信】梅江区网络曾中断，现已恢复。", "en": "[Example] Service was out and is back."}
WRONG = {"zh": "【示例通信】此前通知有误，抱歉。", "en": "[Example] Our last message was wrong."}
UPDATE = {"zh": "【示例通信】预计18:00前恢复。", "en": "[Example] Expected back by 18:00."}


@dataclass(frozen=True)
class Person:
    """Somebody signed in, as far as notices care."""

    actor: str


ANN, BEN = Person("person:1"), Person("person:2")


def about(incident: int = 1, *, exercise: bool = False, restricted: bool = False) -> About:
    number = f"INC-{incident}"
    return About(incident, number, 2, "network_fault", exercise, "prefecture", restricted)


class House:
    """Elements 1…n, each with the same number of subscribers; services by bit 0 (voice) and 1 (data)."""

    def __init__(self, installation: Installation, elements: int = 3, each: int = 4) -> None:
        self.installation, self.database = installation, installation.database
        self.each = each
        self.database.write(lambda session: self._build(session, elements))

    def _build(self, session, elements):  # type: ignore[no-untyped-def]
        session.add(Area(id=1, code="80", level="province", name_zh="岭东省", name_en="Lingdong"))
        session.flush()
        session.add_all(
            [
                Service(id=1, code="voice", bit=0, name_zh="语音", name_en="Voice"),
                Service(id=2, code="data", bit=1, name_zh="数据", name_en="Data"),
                Element(id=1000, name="CORE", kind="core", area_id=1, core=True, services=3),
            ]
        )
        for element in range(1, elements + 1):
            session.add(Element(id=element, name=f"E{element}", kind="access", area_id=1, services=3))
        session.flush()
        for position in range(elements * self.each):
            number = f"+86120{position:08d}"
            session.add(
                Subscriber(
                    number=self.installation.keyring.encrypt(number),
                    number_index=self.installation.keyring.index(number),
                    language="en" if position % 4 == 3 else "zh",
                    element_id=1 + position // self.each,
                    services=3,
                )
            )
        changed(session)

    def fail(self, elements: Collection[int], incident: int = 1, exercise: bool = False) -> network.CutOffChange:
        """These elements, and no others, are cut off by the incident."""
        return self.database.write(
            lambda session: network.set_cut_off(session, incident, elements, clock.now(session), exercise)
        )

    def first(self, incident: int = 1, *, cap: int = 1000, exercise: bool = False, **more) -> int:  # type: ignore[no-untyped-def]
        """Draft and submit a first notice; its id."""

        def work(session):  # type: ignore[no-untyped-def]
            notice = service.draft(
                session,
                about(incident, exercise=exercise),
                Kind.FIRST,
                FIRST,
                validity_minutes=60,
                pre_approved_cap=cap,
                automatic=True,
                by=more.get("by", ANN.actor),
                correction=WRONG,
                playbook="power/1",
            )
            return service.submit(session, notice, more.get("by", ANN.actor)).id

        return self.database.write(work)

    def grow(self, incident: int = 1) -> int | None:
        notice = self.database.write(lambda session: rounds.grow(session, about(incident)))
        return notice.id if notice else None

    def heal(self, incident: int = 1, *, cap: int = 1000, exercise: bool = False, missed: bool = True) -> int | None:
        words = MISSED if missed else None
        notice = self.database.write(
            lambda session: rounds.heal(
                session, about(incident, exercise=exercise), CLEAR, words, pre_approved_cap=cap, automatic=True
            )
        )
        return notice.id if notice else None

    def fan_out(self) -> None:
        """Run the cycle until it has nothing to do at once."""
        while fan_out.run_once(self.installation):
            pass

    def land(self, state: State = State.SUBMITTED, notice: int | None = None, limit: int | None = None) -> int:
        """Messages that wait, or are in the air, come to `state`, as the engine writes it; how many. What waits of a notice whose queue was
        stopped comes to what it was stopped with."""

        def work(session):  # type: ignore[no-untyped-def]
            query = select(Delivery.id, Delivery.notice_id, Delivery.state).where(
                Delivery.state.in_((State.READY, State.LEASED, State.CALLING, State.IN_DOUBT))
            )
            if notice is not None:
                query = query.where(Delivery.notice_id == notice)
            rows = session.execute(query.order_by(Delivery.id).limit(limit)).all()
            halted = dict(session.execute(select(Halt.notice_id, Halt.state)).tuples().all())
            for row in rows:
                queued = row.state in (State.READY, State.LEASED)
                self._move(session, row, State(halted.get(row.notice_id, state)) if queued else state)
            return len(rows)

        return self.database.write(work)

    @staticmethod
    def _move(session, row, state):  # type: ignore[no-untyped-def]
        session.execute(update(Delivery).where(Delivery.id == row.id).values(state=state))
        messages.bump_tally(session, row.notice_id, {State(row.state): -1})
        messages.bump_tally(session, row.notice_id, {state: 1})

    def notice(self, id_: int) -> Notice:
        with self.database.read() as session:
            found = session.get_one(Notice, id_)
            session.expunge(found)
            return found

    def people(self, notice: int, *states: State) -> set[int]:
        """The subscribers with a message of the notice (in these states)."""
        with self.database.read() as session:
            query = select(Delivery.addressee).where(Delivery.notice_id == notice)
            return set(session.scalars(query.where(Delivery.state.in_(states)) if states else query))

    def on(self, *elements: int) -> set[int]:
        """The subscribers of elements."""
        with self.database.read() as session:
            return set(session.scalars(select(Subscriber.id).where(Subscriber.element_id.in_(elements))))

    def tally_is_true(self) -> bool:
        """The tallies equal the deliveries counted."""
        with self.database.read(snapshot=True) as session:
            counted = session.execute(
                select(Delivery.notice_id, Delivery.state, func.count()).group_by(Delivery.notice_id, Delivery.state)
            ).all()
            return all(messages.tally(session, n).get(State(s)) == count for n, s, count in counted)

    def cut_off(self, incident: int = 1) -> set[int]:
        with self.database.read() as session:
            query = select(CutOff.element_id).where(CutOff.incident_id == incident, CutOff.until_at.is_(None))
            return set(session.scalars(query))

    def waiting(self) -> bool:
        """Whether a notice waits for a person."""
        with self.database.read() as session:
            return session.scalar(select(Notice.id).where(Notice.state == NoticeState.SUBMITTED)) is not None
