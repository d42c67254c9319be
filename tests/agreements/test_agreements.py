"""Breaches of service levels are on record with who answers for them and where their dispute stands; the attainment is met ÷ (met +
breached) by class (R21)."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from command.agreements import attainment, reading
from command.agreements.attainment import Attainment, Clocked
from command.agreements.models import SlaBreach
from command.agreements.rules import Rules
from command.core import clock
from command.core.installation import Installation
from command.engine import agreements
from command.incidents.models import Incident, IncidentClock
from command.network.models import Subscriber
from tests.conftest import Time
from tests.improvement.conftest import Works

pytestmark = pytest.mark.proves("R21")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NOON = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
RESPOND = "sla-respond"
WHICH: dict[str, attainment.Which] = {RESPOND: "respond", "sla-resolve": "resolve"}


class Register(Works):
    """Somebody who keeps the register of service levels."""

    def record(self) -> None:
        self.tick()
        for _ in range(2):
            agreements.run_once(self.installation)

    def overdue(self, **fields: Any) -> str:
        """An incident of tier IV that nobody answered within 8 hours."""
        number: str = self.report("dou", elements=["CELL-1"], **fields)["number"]
        self.act("dou", number, "assess")
        self.time.forward(hours=8, seconds=1)
        self._tokens.clear()
        self.record()
        return number

    def breaches(self, number: str, by: str = "dou") -> dict[str, dict[str, Any]]:
        answer = self.get(by, f"/api/v1/incidents/{number}/agreements?lang=en")
        assert answer.status_code == 200, answer.text
        return {each["clock"]: each for each in answer.json["breaches"]}

    def decide(self, number: str, code: str = RESPOND, by: str = "dou", **body: Any) -> Any:
        return self.post(by, f"/api/v1/incidents/{number}/agreements/{code}/actions/decide?lang=en", **body)

    def register(self, query: str = "", by: str = "dou") -> dict[str, Any]:
        answer = self.get(by, f"/api/v1/agreements?lang=en{query}")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found


@pytest.fixture
def office(installation: Installation, time: Time) -> Register:
    return Register(installation).opened(time)


# --- the figure, by hand

CASES = (
    ("nothing to count is n/a", [], Attainment(), None),
    ("met exactly when due", [(NOON, NOON, False)], Attainment(met=1), 1000),
    ("one second later is breached", [(NOON, NOON + SECOND, False)], Attainment(breached=1), 0),
    ("open and overdue is breached", [(NOON - SECOND, None, False)], Attainment(breached=1), 0),
    ("open and due just now is not counted yet", [(NOON, None, False)], Attainment(running=1), None),
    ("restored, reopened and restored again stays breached", [(NOON, NOON - SECOND, True)], Attainment(breached=1), 0),
    (
        "97.96 % is rounded down",
        [(NOON, NOON, False)] * 48 + [(NOON, None, True)],
        Attainment(met=48, breached=1),
        979,
    ),
)


@pytest.mark.parametrize(("name", "given", "expected", "tenths"), CASES, ids=[case[0] for case in CASES])
def test_attainment_is_as_counted_by_hand(
    name: str, given: list[tuple[datetime, datetime | None, bool]], expected: Attainment, tenths: int | None
) -> None:
    clocks = [(Clocked("general", "respond", attainment.timing(due, met, NOON), late), 1) for due, met, late in given]
    found = attainment.attained(clocks).get(("general", "respond"), Attainment())
    assert (found, found.tenths) == (expected, tenths)


def test_breaches_that_are_not_ours_are_left_out_once_settled_and_shown_beside_before() -> None:
    def one(late: bool, **how: bool) -> tuple[Clocked, int]:
        return Clocked("urgent", "resolve", "in_time", late, **how), 1

    clocks = [one(False), one(True, left_out=True), one(True, accepted=True), one(True, disputed=True), one(False)]
    found = attainment.together(attainment.attained(clocks).values())
    assert found == Attainment(met=2, breached=2, left_out=1, disputed=1, accepted=1)
    assert (found.of, found.tenths) == (4, 500)
    assert attainment.attained([one(False, left_out=True)])["urgent", "resolve"] == Attainment(met=1)


def test_when_a_breach_is_left_out_is_said_by_configuration() -> None:
    default = Rules(currency="CNY")
    assert default.left_out("third_party", "settled") and not default.left_out("third_party", "accepted")
    assert not default.left_out("ours", "settled") and not default.left_out("undecided", "settled")
    always = Rules.model_validate({"currency": "CNY", "leave_out_when": []})
    assert not always.left_out("force_majeure", "settled")


# --- the register


def test_a_breached_clock_comes_into_the_register_once_with_whom_it_hit(office: Register) -> None:
    def mark(session: Any) -> None:
        first = select(Subscriber.id).where(Subscriber.element_id == office.network.elements["CELL-1"]).limit(3)
        session.execute(update(Subscriber).where(Subscriber.id.in_(first)).values(critical="hospital"))

    office.do(mark)
    number = office.overdue()
    (breach,) = office.breaches(number).values()
    assert (breach["clock"], breach["sla_class"], breach["customers"]) == (RESPOND, "general", 3)
    assert (breach["liability"], breach["dispute"], breach["met_at"], breach["late_minutes"]) == (
        "undecided",
        "none",
        None,
        0,
    )
    office.record()
    assert office.kinds(number).count("agreement.breached") == 1
    office.act("dou", number, "activate")
    late = office.breaches(number)[RESPOND]
    assert late["met_at"] and late["users"] == 20


@ONE
def test_exercises_and_cancelled_incidents_are_in_no_register(office: Register) -> None:
    drill = office.report("tra", elements=["CELL-2"], exercise=True)["number"]
    office.act("dou", drill, "assess")
    cancelled = office.overdue()
    with office.database.read() as session:
        assert len(session.scalars(select(SlaBreach)).all()) == 1
    office.act("ada", cancelled, "cancel", reason="false alarm")
    found = office.register()
    assert found["breaches"] == [] and found["attainment"]["total"]["percent"] is None


def test_a_decision_stays_on_record_and_may_be_made_anew(office: Register) -> None:
    number = office.overdue()
    first = office.decide(number, liability="ours", words="we came too late", penalty="1280.50")
    assert first.status_code == 200, first.text
    assert (first.json["liability"], first.json["penalty"], first.json["currency"]) == ("ours", 1280.5, "CNY")
    for body in (
        {"liability": "ours", "dispute": "raised", "words": "the tower owner denies it"},
        {"liability": "third_party", "dispute": "accepted", "words": "the owner cut the mains"},
    ):
        assert office.decide(number, **body).status_code == 200
    total = office.register()["attainment"]["total"]
    assert (total["breached"], total["accepted"], total["left_out"]) == (1, 1, 0)
    settled = office.decide(number, liability="third_party", dispute="settled", words="agreed in writing")
    assert [each["dispute"] for each in settled.json["decisions"]] == ["settled", "accepted", "raised", "none"]
    assert settled.json["decisions"][3]["words"] == "we came too late"
    total = office.register()["attainment"]["total"]
    assert (total["breached"], total["left_out"]) == (0, 1)
    assert office.kinds(number).count("agreement.decided") == 4


REFUSED = (
    ({"liability": "ours", "words": " "}, 422, "words"),
    ({"liability": "ours", "dispute": "settled", "words": "w"}, 422, "dispute"),
    ({"liability": "nobody", "words": "w"}, 422, "liability"),
    ({"liability": "ours", "words": "w", "penalty": "-1"}, 422, "penalty"),
    ({"liability": "ours", "words": "w", "penalty": "12.345"}, 422, "penalty"),
)


@ONE
def test_a_decision_that_cannot_be_names_the_field(office: Register) -> None:
    number = office.overdue()
    for body, status, field in REFUSED:
        answer = office.decide(number, **body)
        assert (answer.status_code, answer.json["field"]) == (status, field), (body, answer.text)
    assert office.decide(number, liability="ours", dispute="raised", words="w").status_code == 200
    for body, field in (
        ({"liability": "ours", "dispute": "accepted", "words": "w"}, "liability"),
        ({"liability": "undecided", "dispute": "settled", "words": "w"}, "liability"),
    ):
        assert office.decide(number, **body).json["field"] == field
    assert office.decide(number, "no-such", liability="ours", words="w").status_code == 404
    assert office.decide(number, by="eng", liability="ours", words="w").status_code == 403


@ONE
def test_pages_filter_the_register_hand_it_out_and_keep_what_was_typed(office: Register) -> None:
    number = office.overdue()
    visitor = office.sign_in("dou")
    page = visitor.client.get("/agreements?stands=undecided&class=general&lang=en").text
    assert number in page and "0.0 %" in page
    assert number not in visitor.client.get("/agreements?stands=decided").text
    wrong = visitor.client.get("/agreements?from=yesterday")
    assert wrong.status_code == 422 and 'value="yesterday"' in wrong.text
    rows = list(csv.DictReader(StringIO(visitor.client.get("/agreements.csv").text.removeprefix("\ufeff"))))
    assert [(row["incident"], row["clock"], row["liability"]) for row in rows] == [(number, RESPOND, "undecided")]
    address = f"/incidents/{number}/agreements"
    assert f'href="{address}"' in visitor.see(f"/incidents/{number}/settlement")
    given = {"liability": "ours", "words": "typed before"}
    refused = visitor.send(f"{address}/{RESPOND}", address, dispute="settled", **given)
    assert refused.status_code == 422 and "typed before" in refused.text
    assert visitor.send(f"{address}/{RESPOND}", address, dispute="none", **given).status_code == 303
    assert "typed before" in visitor.see(address) and "我方" in visitor.see(address, "zh")


@ONE
def test_those_who_may_not_know_of_an_incident_see_none_of_its_breaches(office: Register) -> None:
    number = office.overdue(kind="information_security", restricted=True)
    assert office.get("ops", f"/api/v1/incidents/{number}/agreements").status_code == 404
    assert office.register(by="ops")["breaches"] == []


def test_the_figures_are_those_of_incidents_reported_in_the_period_and_equal_recomputation(office: Register) -> None:
    late = office.overdue()
    office.act("dou", late, "activate")
    office.responding(elements=["CELL-2"])
    office.report("dou", elements=["CELL-3"], area="800102")
    exact = office.responding(elements=["CELL-4"], area="800201")
    for number, due in ((late, timedelta(0)), (exact, -SECOND)):
        office.do(lambda session, number=number, due=due: _move(session, number, due))
    who = office.principal("dou")
    with office.database.read() as session:
        now, day = clock.now(session), timedelta(days=1)
        found = reading.figures(session, now - day, now + SECOND, who)
        rows = session.execute(
            select(Incident.tier, IncidentClock).join(Incident, Incident.id == IncidentClock.incident_id)
        ).tuples()
        again = [
            (
                Clocked(
                    "general",
                    WHICH[each.code],
                    attainment.timing(each.due_at, each.met_at, now),
                    each.state == "breached",
                ),
                1,
            )
            for _, each in rows
            if each.code in WHICH
        ]
        assert found.by_class == attainment.attained(again)
        assert found.by_class["general", "respond"] == Attainment(met=1, breached=2, running=1)
        assert reading.figures(session, now + SECOND, now + day, who).total.of == 0


def _move(session: Session, number: str, due: timedelta) -> None:
    """The response of an incident was due when it was met, or so much later (below zero: before)."""
    its = select(IncidentClock).join(Incident, Incident.id == IncidentClock.incident_id)
    row = session.scalars(its.where(Incident.number == number, IncidentClock.code == RESPOND)).one()
    assert row.met_at is not None
    row.due_at = row.met_at + due
