"""Whatever people and alarms do, in whatever order, what must always hold does hold (I7, and the rules of states, impact and clocks)."""

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from command.boards import cards, store
from command.core import clock
from command.core.problems import Problem
from command.incidents import service
from command.incidents.guards import LIVE, State
from command.incidents.lifecycle import TABLE, Action, Forbidden
from command.incidents.models import Impact, Incident, IncidentClock, Role
from command.network.models import CutOff
from tests.incidents.conftest import Desk

ELEMENTS = ("CELL-1", "CELL-2", "CELL-3", "CELL-4", "AGG-1")
PEOPLE = ("ada", "dou", "eng")
LEGAL = {(source, row.to or source) for row in TABLE for source in row.sources} | {(state, state) for state in State}
Step = Callable[[Session, Incident], object]


def verbs(desk: Desk, dice: random.Random) -> list[tuple[str, Step]]:
    who = desk.principal(dice.choice(PEOPLE))
    failed = desk.network.ids(*dice.sample(ELEMENTS, dice.randrange(len(ELEMENTS))))
    tier, reason = dice.randint(1, 4), dice.choice(["", "a reason"])
    return [
        ("assess", lambda s, i: service.assess(s, i, who)),
        ("activate", lambda s, i: service.activate(s, i, who)),
        ("failed", lambda s, i: service.set_failed(s, i, failed)),
        ("failed", lambda s, i: service.set_failed(s, i, ())),
        ("regrade", lambda s, i: service.change_tier(s, i, tier, reason, who)),
        ("restore", lambda s, i: service.restore(s, i, who, reason)),
        ("reopen", lambda s, i: service.reopen(s, i, who, reason)),
        ("review", lambda s, i: service.review(s, i, who, cause=reason)),
        ("close", lambda s, i: service.close(s, i, who)),
        ("cancel", lambda s, i: service.cancel(s, i, who, reason) if dice.random() < 0.2 else None),
        ("time", lambda s, i: clock.move(s, timedelta(minutes=dice.randint(1, 90)), allowed=True)),
        ("grade", lambda s, i: service.regrade(s, i)),
    ]


@pytest.mark.proves("I5", "I7")
@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_verbs_keeps_the_rules(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    number = desk.storm("CELL-1", "CELL-3") if seed % 2 else desk.report(elements=["CELL-1"])["number"]
    before = (State(desk.see(number)["state"]), desk.see(number)["tier"])
    for _ in range(40):
        name, verb = dice.choice(verbs(desk, dice))

        def work(session: Session, verb: Step = verb) -> None:
            verb(session, service.lock(session, number))

        with suppress(Forbidden, Problem):
            desk.do(work, "person:1")
        after = check(desk, number)
        assert (before[0], after[0]) in LEGAL, name
        assert after[1] <= before[1] or name == "regrade", f"{name} lowered the tier"
        before = after


def check(desk: Desk, number: str) -> tuple[State, int]:
    with desk.database.read() as session:
        incident = session.scalars(select(Incident).where(Incident.number == number)).one()
        mine = incident.id
        open_impact = select(func.count()).where(Impact.incident_id == mine, Impact.until_at.is_(None))
        open_cuts = select(func.count()).where(CutOff.incident_id == mine, CutOff.until_at.is_(None))
        if incident.state not in (State.REPORTED, State.ASSESSED, State.RESPONDING):
            assert session.scalar(open_impact) == session.scalar(open_cuts) == incident.users_now == 0
        assert incident.users_peak >= incident.users_now
        codes = list(session.scalars(select(IncidentClock.code).where(IncidentClock.incident_id == mine)))
        assert len(codes) == len(set(codes))
        held = select(Role.role).where(Role.incident_id == mine, Role.until_at.is_(None))
        roles = list(session.scalars(held))
        assert len(roles) == len(set(roles))
        doubled = (
            select(Impact.id)
            .where(Impact.incident_id == mine, Impact.until_at.is_(None), Impact.declared.is_(False))
            .group_by(Impact.service_id, Impact.area_id)
            .having(func.count() > 1)
            .with_only_columns(Impact.service_id)
        )
        assert not session.scalars(doubled).all()
        if incident.state == State.RESPONDING:
            assert incident.commander_id and incident.playbook_id
        assert incident.state in (*LIVE, State.CLOSED, State.CANCELLED, State.MERGED)
        columns = dict(session.execute(select(Incident.__table__).where(Incident.id == mine)).mappings().one())
        board = store.load(session, f"incident:{number}").state.cards
        assert board == cards.incident_cards(session, columns)
        return State(incident.state), incident.tier


def test_every_action_of_the_table_has_an_address(desk: Desk) -> None:
    rules = {rule.rule for rule in desk.app.url_map.iter_rules()}
    assert {f"/api/v1/incidents/<number>/actions/{action}" for action in Action} <= rules
