"""What happens to incidents while boards look on: people over the API, alarms and the engine's cycles on demand."""

from collections import Counter
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from command.boards import cards, store
from command.boards.cards import board_of, incident_cards, summary_card
from command.core import clock
from command.engine import clocks, escalate, fan_out
from command.incidents import service
from command.incidents.guards import BEFORE_RESTORATION
from command.incidents.models import AlertSeen, GradeChange, Impact, Incident
from command.messages import service as messages
from command.messages.models import Delivery, State
from command.network.models import CutOff, Element, Subscriber
from command.oncall.models import Page, PageState
from command.oncall.paging import service as oncall
from tests.builders import Operator

Cards = dict[str, Any]


class Stage(Operator):
    """The small operator of tests/builders, with what boards need to see."""

    def report(self, by: str = "dou", **fields: Any) -> str:
        answer = self.post(by, "/api/v1/incidents", **{"kind": "network_fault", "area": "800101", **fields})
        assert answer.status_code == 201, answer.text
        number: str = answer.get_json()["number"]
        return number

    def act(self, by: str, number: str, action: str, **body: Any) -> int:
        """The status of an action; nothing may be our fault."""
        answer = self.post(by, f"/api/v1/incidents/{number}/actions/{action}", **body)
        assert answer.status_code < 500, answer.text
        return answer.status_code

    def responding(self, *elements: str) -> str:
        """An incident whose response runs."""
        number = self.report(elements=list(elements or ("CELL-1",)))
        assert self.act("dou", number, "assess") == 200
        assert self.act("dou", number, "activate") == 200
        return number

    def storm(self, *elements: str) -> str:
        """An incident that alarms opened."""

        def work(session: Session) -> str:
            failed = self.network.ids(*elements)
            return service.open_for_elements(session, failed, clock.now(session), False, "alarms").number

        number: str = self.do(work, "system:correlate")
        return number

    def fail(self, number: str, *elements: str) -> None:
        """Exactly these elements have failed."""

        def work(session: Session) -> None:
            service.set_failed(session, service.lock(session, number), self.network.ids(*elements))

        self.do(work, "system:correlate")

    def engine(self) -> None:
        """A round of the engine's cycles, as far as boards show what they do."""
        with self.acting():
            escalate.run_once(self.installation)
            fan_out.run_once(self.installation)
            clocks.run_once(self.installation)

    def deliver(self, limit: int = 5) -> None:
        """Some messages that wait arrive."""

        def work(session: Session) -> None:
            waiting = select(Delivery.id, Delivery.notice_id).where(Delivery.state == State.READY)
            for row in session.execute(waiting.order_by(Delivery.id).limit(limit)):
                session.execute(update(Delivery).where(Delivery.id == row.id).values(state=State.DELIVERED))
                if row.notice_id is not None:
                    messages.bump_tally(session, row.notice_id, {State.READY: -1, State.DELIVERED: 1})

        self.do(work, "system:deliver")

    def acknowledge(self) -> None:
        """Somebody who was paged answers by SMS."""

        def work(session: Session) -> None:
            waiting = select(Page).where(Page.state.in_((PageState.SENDING, PageState.WAITING))).order_by(Page.id)
            page = session.scalars(waiting.limit(1)).first()
            if page is not None:
                oncall.acknowledge(session, page.id, page.person_id, "sms")

        self.do(work, "system:inbox")

    def respond(self, verb: str) -> None:
        """The newest person paged says how far they are; what their page does not allow is refused."""
        page = self.get("ada", "/api/v1/pages?limit=500").get_json()["items"]
        if page:
            by = next(name for name, id in self.people.items() if id == page[-1]["person"]["id"])
            answer = self.post(by, f"/api/v1/pages/{page[-1]['id']}/actions/{verb}")
            assert answer.status_code < 500, answer.text

    def folded(self, board: str) -> Cards:
        """A board's cards as the journal tells them."""
        with self.database.read() as session:
            return dict(store.load(session, board).state.cards)

    def tabled(self, number: str) -> Cards:
        """An incident's cards as the tables tell them."""
        with self.database.read() as session:
            return incident_cards(session, self._row(session, number))

    def tabled_board(self, exercise: bool = False) -> Cards:
        """The rows of the shared board as the tables tell them."""
        with self.database.read() as session:
            numbers = session.scalars(select(Incident.number).where(Incident.exercise.is_(exercise))).all()
            rows = {number: self._row(session, number) for number in numbers}
            found = {n: summary_card(row, incident_cards(session, row)) for n, row in rows.items()}
            return {number: card for number, card in found.items() if card is not None}

    def affected_now(self) -> dict[int, int]:
        """Users by area, counted from subscribers, open cut-offs and declared impact of incidents that the command board shows: of each
        incident's two figures for an area the larger."""
        found: Counter[int] = Counter()
        with self.database.read() as session:
            for incident in session.scalars(select(Incident).where(Incident.exercise.is_(False))):
                if incident.state in cards.GONE or incident.restricted:
                    continue
                lost = Subscriber.services.bitwise_and(CutOff.services)
                cut = select(Element.area_id, func.count(Subscriber.id.distinct())).select_from(CutOff)
                cut = cut.join(Element, Element.id == CutOff.element_id).join(
                    Subscriber, Subscriber.element_id == Element.id
                )
                cut = cut.where(CutOff.incident_id == incident.id, CutOff.until_at.is_(None), lost != 0)
                said = select(Impact.area_id, func.max(Impact.users)).where(
                    Impact.incident_id == incident.id, Impact.until_at.is_(None), Impact.declared
                )
                one: dict[int, int] = {}
                for query in (cut.group_by(Element.area_id), said.group_by(Impact.area_id)):
                    for area, users in session.execute(query).tuples():
                        one[area] = max(one.get(area, 0), users)
                found.update({area: users for area, users in one.items() if users})
        return dict(found)

    def unseen_now(self) -> set[str]:
        """Live incidents of tier I or II that are being handled and whose last rise nobody has seen."""
        found = set()
        with self.database.read() as session:
            live = select(Incident).where(Incident.exercise.is_(False), Incident.restricted.is_(False))
            for incident in session.scalars(live.where(Incident.state.in_(BEFORE_RESTORATION), Incident.tier <= 2)):
                grades = list(session.scalars(select(GradeChange).where(GradeChange.incident_id == incident.id)))
                before = [None, *(grade.tier for grade in grades)]
                rises = [g.at for g, held in zip(grades, before, strict=False) if g.tier <= 2 and g.tier < (held or 9)]
                seen = session.scalars(select(AlertSeen.at).where(AlertSeen.incident_id == incident.id)).all()
                if not any(at >= max(rises) for at in seen):
                    found.add(incident.number)
        return found

    @staticmethod
    def _row(session: Session, number: str) -> dict[str, Any]:
        return cards._rows(session, Incident, Incident.number == number)[0]

    def agrees(self, *numbers: str) -> None:
        """I5: what is folded from the journal is what the tables tell."""
        for number in numbers:
            assert self.folded(f"incident:{number}") == self.tabled(number)
        for exercise in (False, True):
            assert self.folded(board_of(exercise)) == self.tabled_board(exercise)
