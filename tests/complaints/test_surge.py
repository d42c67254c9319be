"""A surge of complaints: proposed when the rate leaves its baseline, an incident with its own audience once a person says so, closed only
when it has stayed calm (R30)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from command.complaints import calm, intake, rules, surges
from command.complaints.models import Case, Surge
from command.complaints.rules import SurgeRule
from command.complaints.surge import Cell, Found, Key, find, threshold
from command.core import clock
from command.messages.models import TOLD, Delivery
from command.network.models import Concerned, Element, Subscriber
from command.people.access import Principal
from tests.complaints.conftest import CELL_1, Agent

RULE = SurgeRule(window=60, weeks=4, least_weeks=2, minimum=10, ratio=3.0, absolute=30, calm_hours=24, quiet_hours=12)
NOT_CALM = "complaints have not stayed under the threshold for 24 h"
ORDER = ("plan", "service", "county", "prefecture")
CELLS = st.dictionaries(
    st.builds(
        Cell,
        st.sampled_from(["billing", "network"]),
        st.sampled_from([None, 1, 2]),
        st.sampled_from([None, 7, 8]),
        st.none(),
        st.sampled_from(["", "Gold", "Silver"]),
    ),
    st.integers(0, 80),
    max_size=8,
)
WEEKS = st.lists(CELLS, max_size=4)


def found(now: Mapping[Cell, int], weeks: Any = (), known: Any = ()) -> list[Found]:
    return find(now, weeks, known, RULE, lambda _: ORDER)


@pytest.mark.proves("R30")
@given(CELLS, WEEKS)
def test_the_same_figures_give_the_same_surges_whatever_their_order(now: Any, weeks: Any) -> None:
    assert found(now, weeks) == found(dict(reversed(now.items())), weeks)


@pytest.mark.proves("R30")
@given(st.lists(st.integers(0, 500), max_size=4), st.integers(0, 200))
def test_more_before_never_lowers_the_threshold_and_few_records_leave_the_absolute_one(
    weeks: list[int], more: int
) -> None:
    limit = threshold(weeks, RULE)
    if len(weeks) < RULE.least_weeks:
        assert limit == RULE.absolute
    else:
        assert limit >= RULE.minimum
        assert threshold([weeks[0] + more, *weeks[1:]], RULE) >= limit


@pytest.mark.proves("R30")
@given(CELLS, WEEKS, st.integers(1, 50))
def test_more_complaints_never_end_a_surge_and_each_is_explained_once(now: Any, weeks: Any, more: int) -> None:
    before = found(now, weeks)
    for one in before:
        assert one.count >= one.threshold
        grown = {cell: count + more if one.key.holds(cell) else count for cell, count in now.items()}
        assert found(grown, weeks)
    assert not found(now, weeks, [each.key for each in before])
    assert sum(each.count for each in before) <= sum(now.values())


def test_a_wave_shows_once_under_what_most_likely_caused_it() -> None:
    now = {Cell("billing", 1, 7, None, "Gold"): 40, Cell("billing", 2, 7, None, "Gold"): 30, Cell("billing", 1, 7): 5}
    assert [each.key for each in found(now)] == [Key("billing", "plan", "Gold")]
    assert found({Cell("billing", 1, 7, None, "Gold"): 29}) == []
    usual = [{Cell("billing", 1, 7, None, "Gold"): 20}] * 4
    assert found({Cell("billing", 1, 7, None, "Gold"): 59}, usual) == []
    (one,) = found({Cell("billing", 1, 7, None, "Gold"): 60}, usual)
    assert one.expected == 20 and one.threshold == 60


class Bureau(Agent):
    """A call centre whose customers complain about a tariff plan."""

    def gold(self) -> set[int]:
        """The subscribers of CELL-1 have the plan Gold."""
        mine = select(Subscriber.id).join(Element).where(Element.name == "CELL-1")

        def work(session: Any) -> set[int]:
            ids = set(session.scalars(mine))
            session.execute(update(Subscriber).where(Subscriber.id.in_(ids)).values(tariff_plan="Gold"))
            return ids

        made: set[int] = self.do(work, "system:test")
        return made

    def complain(self, count: int, start: int = 0, **more: Any) -> list[dict[str, Any]]:
        each = {"channel": "app", "kind": "billing", "text": "charged twice", "source": "crm", **more}
        sent = [
            {**each, "number": f"+86120{20_000_000 + n % 20:08d}", "reference": str(n)}
            for n in range(start, start + count)
        ]
        answer = self.ask("kef", "POST", "/api/v1/complaints", json=sent)
        assert answer.status_code == 201, answer.text
        items: list[dict[str, Any]] = answer.json["items"]
        return items

    def look(self) -> list[Surge]:
        self.do(lambda session: surges.look(session) and None, "system:complaints")
        with self.database.read() as session:
            return list(session.scalars(select(Surge).order_by(Surge.id)))

    def decide(self, surge_id: int, decision: str, by: str = "dou", **body: Any) -> Any:
        return self.post(by, f"/api/v1/surges/{surge_id}/actions/{decision}", **body)

    def concerned(self) -> set[int]:
        with self.database.read() as session:
            return set(session.scalars(select(Concerned.subscriber_id).where(Concerned.until_at.is_(None))))

    def told_people(self, kind: str, number: str) -> set[int]:
        wanted = [each["id"] for each in self.notices(number) if each["kind"] == kind]
        with self.database.read() as session:
            query = select(Delivery.addressee).where(Delivery.notice_id.in_(wanted), Delivery.state.in_(TOLD))
            return set(session.scalars(query))


@pytest.fixture
def bureau(installation: Any) -> Bureau:
    return Bureau(installation)


@pytest.mark.proves("R30", "R13")
def test_a_tariff_change_from_the_first_complaints_to_the_last_all_clear(bureau: Bureau, time: Any) -> None:
    gold = bureau.gold()
    bureau.complain(29)
    assert bureau.look() == []
    bureau.complain(1, 29)
    (surge,) = bureau.look()
    assert (surge.dimension, surge.value, surge.state, surge.count) == ("plan", "Gold", "proposed", 30)
    assert len(bureau.look()) == 1, "one that waits is not proposed again"
    waits = bureau.get("dou", "/board/part/decisions").text
    assert f"/complaints/surges#surge-{surge.id}" in waits
    number = bureau.decide(surge.id, "accept").json["incident"]
    assert bureau.decide(surge.id, "accept").status_code == 409
    seen = bureau.see(number)
    assert seen["kind"] == "complaint_surge" and seen["complaints"] == 30 and seen["area"]["code"] == "800101"
    assert bureau.concerned() == gold
    joined = bureau.complain(2, 30)
    bureau.complain(1, 40, kind="attitude")
    assert bureau.see(number)["complaints"] == 32
    assert bureau.row(joined[0]["case"]).incident_id == surge_incident(bureau, surge.id)
    asked = bureau.find(CELL_1)
    assert asked["affected"] and [hit["incident"] for hit in asked["incidents"]] == [number]
    assert "Other customers in Meijiang have reported the same" in asked["say"]["en"]
    bureau.act("dou", number, "assess")
    row = bureau.get("ada", "/board?lang=en").text.partition(f'data-card="{number}"')[2].partition("</article>")[0]
    shown = " ".join(row.partition("<dt>Concerned</dt>")[2].partition("<dt>Elapsed")[0].split())
    assert f'"figure">{len(gold)}</dd>' in shown and '"num">32</span>' in shown, (
        "whom it concerns, though nobody lost service"
    )
    bureau.act("dou", number, "activate")
    (first,) = [each for each in bureau.notices(number) if each["kind"] == "first"]
    assert first["state"] == "submitted" and first["audience"] == len(gold)
    approved = bureau.post("ada", f"/api/v1/notices/{first['id']}/actions/approve", count=len(gold))
    assert approved.status_code == 200, approved.text
    bureau.send()
    assert bureau.told_people("first", number) == gold
    time.forward(hours=2)
    bureau.look()
    bureau.act("ada", number, "restore", evidence="the tariff was put right and samples agree")
    bureau.send()
    assert bureau.told_people("all_clear", number) == gold and bureau.concerned() == set()
    assert NOT_CALM in closing(bureau, number)
    time.forward(hours=24, seconds=1)
    bureau.look()
    assert NOT_CALM not in closing(bureau, number)


def surge_incident(bureau: Bureau, surge_id: int) -> int | None:
    with bureau.database.read() as session:
        return session.get_one(Surge, surge_id).incident_id


def closing(bureau: Bureau, number: str) -> str:
    refused: str = bureau.post("ada", f"/api/v1/incidents/{number}/actions/close").text
    return refused


def test_where_the_operator_lets_it_a_surge_becomes_an_incident_by_itself(
    bureau: Bureau, monkeypatch: pytest.MonkeyPatch
) -> None:
    bold = rules.current().surge.model_copy(update={"accept_by_itself": True})
    table = rules.current().model_copy(update={"surge": bold})
    monkeypatch.setattr(rules, "current", lambda: table)
    gold = bureau.gold()
    bureau.complain(30)
    (surge,) = bureau.look()
    assert surge.state == "accepted" and surge.decided_by is None and surge.incident_id is not None
    assert bureau.concerned() == gold


def test_a_new_wave_after_calm_begins_the_day_of_calm_again(bureau: Bureau, time: Any) -> None:
    bureau.gold()
    bureau.complain(30)
    (surge,) = bureau.look()
    bureau.decide(surge.id, "accept")
    time.forward(hours=2)
    (calm,) = bureau.look()
    assert calm.calm_since is not None
    bureau.complain(30, 100)
    (again,) = bureau.look()
    assert again.calm_since is None


@pytest.mark.proves("R30")
def test_a_surge_is_dismissed_with_a_reason_or_attached_to_what_explains_it(bureau: Bureau, time: Any) -> None:
    bureau.gold()
    bureau.complain(30)
    (surge,) = bureau.look()
    assert bureau.decide(surge.id, "dismiss", reason=" ").json["field"] == "reason"
    assert bureau.decide(surge.id, "dismiss", reason="a survey asked them to call").status_code == 200
    bureau.complain(30, 100)
    assert len(bureau.look()) == 1, "dismissed a short while ago"
    time.forward(hours=13)
    bureau.complain(30, 200)
    *_, second = bureau.look()
    assert second.state == "proposed"
    number = bureau.responding()
    assert bureau.decide(second.id, "attach", incident="2026-0101-001").status_code == 404
    assert bureau.decide(second.id, "attach", incident=number).json["incident"] == number
    assert bureau.see(number)["complaints"] == 30
    other = bureau.responding(elements=["CELL-4"])
    bureau.do(lambda s: calm.pass_on(s, surge_incident(bureau, second.id) or 0, 10**9), "system:test")
    assert surge_incident(bureau, second.id) == 10**9 and other


def test_drills_never_make_a_surge_and_the_baseline_is_the_same_hour_of_earlier_weeks(bureau: Bureau) -> None:
    bureau.gold()
    bureau.complain(30)
    back = rules.current().surge.weeks

    def spread(session: Any) -> None:
        ids = session.scalars(select(Case.id).order_by(Case.id)).all()
        for at, case_id in enumerate(ids):
            weeks = timedelta(weeks=1 + at % back)
            session.execute(update(Case).where(Case.id == case_id).values(opened_at=clock.now(session) - weeks))
        oldest = clock.now(session) - timedelta(weeks=back, hours=2)
        session.execute(update(Case).where(Case.id == ids[0]).values(opened_at=oldest))

    bureau.do(spread, "system:test")
    trainer = Principal(bureau.people["tra"], "tra", frozenset({"trainer"}), None, "en")
    drilled = [intake.Complaint("app", "billing", tariff_plan="Gold", exercise=True) for _ in range(30)]
    bureau.do(lambda s: intake.take_all(s, bureau.installation, drilled, trainer) and None, "system:test")
    bureau.complain(21, 100)
    assert bureau.look() == [], "three times the usual 7.25 is 22"
    bureau.complain(1, 200)
    (surge,) = bureau.look()
    assert surge.expected == pytest.approx(7.25) and surge.threshold == 22
