"""Gaps and double duties ahead are flagged to the duty officer, a week and a day before, once each, whatever engine looks."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from command.engine import duty_watch
from command.messages.models import Delivery, Purpose
from command.oncall.duties import schedules
from command.oncall.duties.flaws import Flaw, Kind, flaws
from command.oncall.duties.layers import Span
from command.oncall.duties.plan_models import DutyFlag
from command.oncall.models import DutyMember, DutyOverride
from command.people.models import Person, PersonPost
from tests.conftest import Time
from tests.oncall.scene import Scene
from tests.oncall.test_layers import utc
from tests.oncall.test_web import bearer

pytestmark = pytest.mark.proves("R28")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICER = "wu.tao"


def texts(scene: Scene) -> list[str]:
    return scene.inbox(OFFICER)


def look(scene: Scene) -> int:
    """A look of an engine that was just started; how many texts went out."""
    before = len(texts(scene))
    duty_watch.run_once(scene.installation)
    return len(texts(scene)) - before


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """One duty officer, so that a flaw is one text."""
    others = select(PersonPost.person_id).where(
        PersonPost.post == "duty_officer", PersonPost.person_id != scene.ids[OFFICER]
    )
    scene.write(lambda s: s.execute(update(Person).where(Person.id.in_(others)).values(number=None)))
    return scene


@pytest.fixture
def away(scene: Scene, time: Time) -> Callable[..., None]:
    """Everybody of technical duty is away for an hour, so many days ahead."""

    def leave(client: FlaskClient, days: float) -> None:
        start = time.now() + days * DAY
        for person in ("wang.kai", "feng.xue", "qian.yu"):
            body = {"person": person, "start": start.isoformat(), "end": (start + HOUR).isoformat()}
            assert client.post("/api/v1/leave", json=body, headers=bearer(scene, "qin.yang")).status_code == 201

    return leave


def test_a_gap_is_flagged_a_week_and_a_day_before_once_each(
    scene: Scene, client: FlaskClient, away: Callable[..., None], time: Time
) -> None:
    away(client, 9)
    assert look(scene) == 0
    time.forward(days=2, minutes=1)
    assert [look(scene), look(scene)] == [1, 0]
    assert "技术值班" in texts(scene)[-1] or "Technical duty" in texts(scene)[-1]
    time.forward(days=5)
    assert look(scene) == 0
    time.forward(days=1)
    assert [look(scene), look(scene)] == [1, 0]
    time.forward(days=1)
    assert look(scene) == 0
    assert scene.ask(lambda s: s.scalar(select(func.count()).select_from(DutyFlag))) == 2


def test_a_gap_that_opens_today_is_one_text_and_stands_on_the_page_until_it_is_mended(
    scene: Scene, client: FlaskClient, away: Callable[..., None], time: Time
) -> None:
    away(client, 0.2)
    assert [look(scene), look(scene)] == [1, 0]
    headers = bearer(scene, "qin.yang")
    (flaw,) = client.get("/api/v1/duty-flaws", headers=headers).json["items"]
    assert (flaw["kind"], flaw["schedule"], flaw["soon"]) == ("gap", "technical", True)
    body = {"person": "chen.bo", "start": flaw["start"], "end": flaw["end"]}
    client.post("/api/v1/schedules/technical/overrides", json=body, headers=headers)
    kinds = [each["kind"] for each in client.get("/api/v1/duty-flaws", headers=headers).json["items"]]
    assert "gap" not in kinds


def test_who_covers_while_on_duty_elsewhere_is_flagged_as_doubled(
    scene: Scene, client: FlaskClient, time: Time
) -> None:
    now = time.now()
    holder = scene.ask(lambda s: schedules.on_duty(s, "security", now + DAY / 2))
    assert holder is not None
    scene.write(lambda s: s.add(_override(s, scene.ids[holder.username], now + DAY / 2, now + DAY / 2 + HOUR)))
    assert look(scene) == 1
    (flaw,) = client.get("/api/v1/duty-flaws", headers=bearer(scene, "qin.yang")).json["items"]
    assert flaw["kind"] == "double"
    assert {flaw["schedule"], flaw["other"]} == {"technical", "security"}
    assert flaw["person"]["id"] == holder.id


def _override(session: object, person: int, start: datetime, end: datetime) -> DutyOverride:
    schedule = schedules.find(session, "technical")  # type: ignore[arg-type]
    made = {"start_at": start.replace(microsecond=0), "end_at": end.replace(microsecond=0)}
    return DutyOverride(schedule_id=schedule.id, person_id=person, made_by=person, made_at=start, **made)


@pytest.mark.proves("I11")
def test_two_engines_at_once_send_one_text(scene: Scene, client: FlaskClient, away: Callable[..., None]) -> None:
    away(client, 0.5)
    engines = [threading.Thread(target=duty_watch.run_once, args=(scene.installation,)) for _ in range(2)]
    for engine in engines:
        engine.start()
    for engine in engines:
        engine.join()
    sent = select(func.count()).select_from(Delivery).where(Delivery.purpose == Purpose.DUTY)
    assert scene.ask(lambda s: s.scalar(sent)) == 1


def test_many_gaps_of_one_schedule_are_one_text_and_without_officers_nothing_fails(scene: Scene) -> None:
    scene.write(lambda s: s.query(DutyMember).delete())
    scene.write(lambda s: s.execute(update(Person).values(number=None)))
    assert look(scene) == 0
    assert (
        scene.ask(lambda s: s.scalar(select(func.count()).select_from(DutyFlag))) == 0
    )  # it began before anybody looked


hours = st.integers(0, 96).map(lambda n: utc(2026, 11, 1) + n * HOUR)


@given(
    st.lists(hours, min_size=2, max_size=8, unique=True),
    st.lists(hours, min_size=2, max_size=8, unique=True),
    st.data(),
)
def test_doubled_hours_are_just_those_in_which_both_spans_name_one_person(
    one: list[datetime], two: list[datetime], data: st.DataObject
) -> None:
    def spans(edges: list[datetime]) -> list[Span]:
        ordered = sorted(edges)
        people = st.sampled_from([1, 2, None])
        return [Span(data.draw(people), 0, a, b) for a, b in pairwise(ordered)]

    held = {1: spans(one), 2: spans(two)}
    found = flaws(held, utc(2026, 10, 1))

    def who(schedule: int, at: datetime) -> int | None:
        return next((s.member for s in held[schedule] if s.start <= at < s.end), None)

    def within(kind: Kind, at: datetime) -> list[Flaw]:
        return [each for each in found if each.kind == kind and each.start <= at < each.end]

    for n in range(97):
        at = utc(2026, 11, 1) + n * HOUR
        both = who(1, at) if who(1, at) == who(2, at) else None
        assert [each.person for each in within(Kind.DOUBLE, at)] == ([both] if both else [])
