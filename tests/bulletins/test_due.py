"""When a bulletin is due, who gets it, whether a limit will be met: pure."""

from datetime import UTC, datetime, timedelta

import pytest

from command.bulletins import due
from command.bulletins.due import Course, Left
from command.bulletins.forecast import Look, missed
from command.bulletins.recipients import Case, RecipientCard, Recipients, chosen
from command.incidents.clocks import Event
from playbooks.loader import SHIPPED, load_library
from playbooks.notices import Bulletin, Bulletins
from playbooks.schema import Echelon, Kind
from playbooks.source import SourceError, load_text

START = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def plan(tier: int = 1) -> Bulletins:
    """Tier I of the network fault plan: first within 30 minutes, follow-ups every 4 hours, final within a day."""
    return load_library((SHIPPED,)).current(Kind.network_fault, START.date()).tier(tier).bulletins  # type: ignore[arg-type]


@pytest.mark.proves("R33")
def test_a_first_report_counts_from_the_activation_and_its_draft_lies_ready_before() -> None:
    assert due.upcoming(plan(), Course(None, None, [], {})) is None
    found = due.upcoming(plan(), Course(at(0), None, [], {}))
    assert found == due.Due(due.Kind.FIRST, at(30), at(15))


@pytest.mark.proves("R33")
def test_a_follow_up_counts_from_the_bulletin_before_and_a_final_report_from_the_end() -> None:
    first, upward = Left("first", at(20)), Left("upward", at(100))
    found = due.upcoming(plan(), Course(at(0), None, [first, upward], {}))
    assert found == due.Due(due.Kind.FOLLOW_UP, at(260), at(240))
    ended = due.upcoming(plan(), Course(at(0), at(300), [first], {}))
    assert ended == due.Due(due.Kind.FINAL, at(1740), at(1720))
    assert due.upcoming(plan(), Course(at(0), at(300), [first, Left("final", at(900))], {})) is None
    again = Course(at(0), at(2000), [first, Left("final", at(900))], {})
    found = due.upcoming(plan(), again)
    assert found is not None and found.kind == "final", "it came back after the final report"


@pytest.mark.proves("R33")
def test_a_clock_of_the_regulator_brings_a_bulletin_forward_where_the_regulator_gets_it() -> None:
    owed = {Event.REGULATOR_INFORMED: at(10), Event.REGULATOR_BRIEF_SENT: at(90)}
    found = due.upcoming(plan(), Course(at(0), None, [], owed))
    assert found is not None and found.at == at(10)
    found = due.upcoming(plan(), Course(at(0), None, [Left("first", at(8))], {Event.REGULATOR_BRIEF_SENT: at(90)}))
    assert found is not None and found.at == at(90)
    found = due.upcoming(plan(4), Course(at(0), None, [], owed))
    assert found is not None and found.at == at(240), "tier IV is reported to superiors alone"


@pytest.mark.proves("R33")
def test_a_follow_up_is_the_next_written_report_that_is_owed() -> None:
    informed, brief, report = Event.REGULATOR_INFORMED, Event.REGULATOR_BRIEF_SENT, Event.REGULATOR_REPORT_SENT
    assert due.answers("first", {}) == (informed,)
    assert due.answers("follow_up", {report: at(9), brief: at(90)}) == (informed, brief)
    assert due.answers("follow_up", {report: at(9)}) == (informed, report)
    assert due.answers("follow_up", {}) == (informed,)
    assert due.answers("final", {}) == due.ALL and due.answers("upward", {brief: at(1)}) == ()


def card(code: str, sort: str, **more: object) -> RecipientCard:
    return RecipientCard.model_validate({"code": code, "sort": sort, "name": {"zh": "收件人", "en": code}, **more})


@pytest.mark.proves("R33", "R4")
def test_a_bulletin_goes_to_the_nearest_superior_and_to_those_of_its_area() -> None:
    cards = [
        card("own", "superior", echelon="prefecture"),
        card("above", "superior", echelon="head_office"),
        card("ministry", "superior"),
        card("here", "regulator", areas=["80"]),
        card("there", "regulator", areas=["8002"]),
        card("friend", "partner"),
    ]
    sorts = ("superior", "regulator")

    def go(echelon: Echelon, restricted: bool = False) -> list[str]:
        return [each.code for each in chosen(cards, Case(sorts, echelon, {"800101", "8001", "80"}, restricted))]

    assert go(Echelon.prefecture) == ["above", "here"], "the province has none, so it is the head office"
    assert go(Echelon.county) == ["own", "here"]
    assert go(Echelon.head_office) == ["ministry", "here"]
    assert go(Echelon.county, restricted=True) == []
    assert cards[5].shown == "short" and cards[3].shown == "full"


@pytest.mark.proves("R33")
@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("{code: a, sort: regulator, echelon: county, name: {zh: 甲, en: A}}", "only a superior has an echelon"),
        ("{code: a, sort: regulator, name: {zh: 甲, en: A}, email: ['a@b.net\\nBcc: c@d.net']}", "no mailbox"),
        ("{code: a, sort: regulator, name: {zh: 甲, en: A}, email: [a@b.net, A@B.net]}", "listed twice"),
        ("{code: a, sort: friend, name: {zh: 甲, en: A}}", "recipients"),
    ],
)
def test_a_recipient_that_cannot_be_is_refused_with_its_line(row: str, why: str) -> None:
    with pytest.raises(SourceError, match=why):
        load_text(f"recipients:\n  - {row}\n", "recipients.yaml", Recipients)


@pytest.mark.proves("R33")
def test_only_what_goes_to_superiors_alone_is_pre_approved() -> None:
    given = plan(4).first.model_dump() | {"pre_approved": True}
    assert Bulletin.model_validate(given).pre_approved
    with pytest.raises(ValueError, match="needs a person"):
        Bulletin.model_validate(given | {"recipients": ("superior", "regulator")})


@pytest.mark.proves("R31")
@pytest.mark.parametrize(
    ("eta", "projected", "tasks", "now", "why"),
    [
        (None, None, 3, 10, None),
        (130, None, 3, 10, "eta"),
        (120, 500, 3, 119, None),  # an ETA in time outweighs projection and time used
        (5, 500, 3, 10, "projected"),  # an ETA that has passed says nothing
        (None, 121, 0, 10, "projected"),
        (None, 120, 3, 89, None),
        (None, 120, 3, 90, "used"),
        (None, 120, 0, 119, None),
        (None, None, 0, 121, "breached"),
    ],
)
def test_why_a_time_limit_will_not_be_met(
    eta: float | None, projected: float | None, tasks: int, now: float, why: str | None
) -> None:
    look = Look(at(0), at(120), at(eta) if eta else None, at(projected) if projected else None, tasks)
    found = missed(look, at(now), 75)
    assert (found.why if found else None) == why
