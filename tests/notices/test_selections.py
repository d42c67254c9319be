"""Audiences a person selects: the register is asked for exactly them, waves tell each once, and whoever was told learns the end (I8)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from command.core import clock
from command.core.installation import Installation
from command.core.problems import Conflict, Denied, Invalid
from command.messages.models import State
from command.network.models import Area, Element, Subscriber
from command.notices import audience, selecting, service
from command.notices.models import Kind, ListedNumber, Notice, NoticeState, NumberList
from command.notices.selecting import Selection
from command.notices.story import S
from tests.conftest import Time
from tests.notices.house import ANN, BEN, FIRST, UPDATE, WRONG, House, about

AREAS = {"80": {1, 2, 3}, "801": {1, 2}, "8011": {1}, "802": {3}}
"""The elements of each area, with those it contains."""


@pytest.fixture
def mixed(installation: Installation) -> House:
    """Areas in areas, plans, critical customers, a list of numbers."""
    house = House(installation)

    def work(session):  # type: ignore[no-untyped-def]
        for id_, code, parent in ((2, "801", 1), (3, "8011", 2), (4, "802", 1)):
            session.add(Area(id=id_, code=code, parent_id=parent, level="county", name_zh=code, name_en=code))
            session.flush()
        for element, area in ((1, 3), (2, 2), (3, 4)):
            session.execute(update(Element).where(Element.id == element).values(area_id=area))
        session.add(NumberList(id=1, name="ours", matched=3, created_by=ANN.actor, created_at=clock.now(session)))
        session.flush()
        for person in session.scalars(select(Subscriber)):
            person.tariff_plan = "gold" if person.id % 3 == 0 else "basic"
            person.critical = "hospital" if person.id % 5 == 0 else ""
            person.services = 1 + person.id % 3
            if person.id in (2, 5, 11):
                session.add(ListedNumber(list_id=1, number_index=person.number_index))

    house.database.write(work)
    return house


def naive(people: list[Subscriber], chosen: Selection) -> set[int]:
    """The same, person by person."""
    bits = {"voice": 1, "data": 2}

    def in_places(person: Subscriber, areas, elements, lists) -> bool:  # type: ignore[no-untyped-def]
        lives = any(person.element_id in AREAS[code] for code in areas)
        return lives or f"E{person.element_id}" in elements or (bool(lists) and person.id in (2, 5, 11))

    def takes(person: Subscriber) -> bool:
        mask = sum(bits[each] for each in chosen.services)
        fits = (
            (not chosen.services or person.services & mask != 0)
            and (not chosen.plans or person.tariff_plan in chosen.plans)
            and (chosen.language is None or person.language == chosen.language)
        )
        fits = fits and bool(person.critical) if chosen.critical == "only" else fits
        fits = fits or bool(person.critical) if chosen.critical == "also" else fits
        spared = in_places(person, chosen.without_areas, chosen.without_elements, chosen.without_lists)
        spared = spared or person.tariff_plan in chosen.without_plans
        return in_places(person, chosen.areas, chosen.elements, chosen.lists) and fits and not spared

    return {person.id for person in people if takes(person)}


def some(*values: object) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(values), unique=True, max_size=2).map(tuple)


selections = st.builds(
    Selection,
    areas=some(*AREAS),
    elements=some("E1", "E2", "E3"),
    lists=some(1),
    services=some("voice", "data"),
    plans=some("gold", "basic"),
    critical=st.sampled_from(["any", "only", "also"]),
    language=st.sampled_from(["zh", "en", None]),
    without_areas=some("8011", "802"),
    without_elements=some("E2"),
    without_plans=some("gold"),
    without_lists=some(1),
).filter(lambda each: bool(each.areas or each.elements or each.lists))


@pytest.mark.proves("R16", "B4")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chosen=selections)
def test_a_selection_takes_exactly_those_a_person_would_pick_by_hand(mixed: House, chosen: Selection) -> None:
    with mixed.database.read() as session:
        found = set(session.scalars(select(S.c.id).where(selecting.matches(session, chosen))))
        assert found == naive(list(session.scalars(select(Subscriber))), chosen)


def drafted(house: House, chosen: Selection, kind: Kind = Kind.FIRST, texts: dict[str, str] = FIRST, **more) -> int:  # type: ignore[no-untyped-def]
    def work(session):  # type: ignore[no-untyped-def]
        notice = service.draft(
            session,
            about(**more),
            kind,
            texts,
            validity_minutes=60,
            pre_approved_cap=1000,
            automatic=True,
            by=ANN.actor,
            correction=WRONG,
            selection=chosen,
        )
        return service.submit(session, notice, ANN.actor).id

    return house.database.write(work)


def approved(house: House, id_: int, by=BEN, reason: str | None = None) -> int:  # type: ignore[no-untyped-def]
    def work(session):  # type: ignore[no-untyped-def]
        notice = session.get_one(Notice, id_)
        return service.approve(session, notice, by, notice.audience, reason).audience

    return house.database.write(work)


@pytest.mark.proves("B10", "I9")
def test_a_selection_is_never_pre_approved_and_needs_a_second_person_who_types_the_count(mixed: House) -> None:
    id_ = drafted(mixed, Selection(areas=("801",), without_elements=("E2",)))
    assert (mixed.notice(id_).state, mixed.notice(id_).audience) == (NoticeState.SUBMITTED, 4)
    mixed.fan_out()
    assert mixed.people(id_) == set()

    def attempt(by, count):  # type: ignore[no-untyped-def]
        mixed.database.write(lambda session: service.approve(session, session.get_one(Notice, id_), by, count))

    with pytest.raises(Invalid):
        attempt(BEN, 5)
    with pytest.raises(Denied):
        attempt(ANN, 4)
    assert mixed.notice(id_).state == NoticeState.SUBMITTED
    attempt(BEN, 4)
    mixed.fan_out()
    assert mixed.people(id_) == mixed.on(1) and mixed.tally_is_true()


@pytest.mark.proves("I1")
def test_a_wave_to_a_selection_in_small_chunks_tells_each_once_and_growing_tells_nobody_twice(
    installation: Installation,
) -> None:
    house = House(installation, elements=4, each=25)
    chosen = Selection(areas=("80",), language="zh")
    id_ = drafted(house, chosen)
    approved(house, id_)
    house.fan_out()
    with house.database.read() as session:
        wanted = set(session.scalars(select(Subscriber.id).where(Subscriber.language == "zh")))
    assert house.people(id_) == wanted and house.tally_is_true()
    with house.database.read() as session:
        assert audience.count(session, session.get_one(Notice, id_)) == 0
    again = drafted(house, Selection(areas=("80",)))
    assert house.notice(again).audience == 25


@pytest.mark.proves("I8", "B2")
def test_whoever_was_told_by_selection_gets_the_all_clear_when_the_outage_is_over_and_not_before(mixed: House) -> None:
    mixed.fail({1, 2})
    id_ = drafted(mixed, Selection(elements=("E2", "E3")))
    approved(mixed, id_)
    mixed.fan_out()
    mixed.land()
    mixed.fail({1})
    part = mixed.heal()
    mixed.fan_out()
    assert part is not None and mixed.people(part) == _with_service(mixed, 2)
    mixed.fail(set())
    mixed.land()
    last = mixed.heal()
    mixed.fan_out()
    told = mixed.people(id_, State.SUBMITTED)
    assert told == mixed.on(2, 3)
    assert mixed.people(part) | mixed.people(last or part) >= told


def _with_service(house: House, *elements: int) -> set[int]:
    """Those of elements whom a cut of everything took something from: all of them."""
    return house.on(*elements)


@pytest.mark.proves("B2")
def test_a_queue_to_selected_people_whom_nothing_cut_off_is_not_taken_back_while_the_outage_goes_on(
    mixed: House,
) -> None:
    mixed.fail({1, 2})
    id_ = drafted(mixed, Selection(elements=("E3",)))
    approved(mixed, id_)
    mixed.fan_out()
    mixed.fail({1})
    mixed.heal()
    mixed.fan_out()
    assert mixed.people(id_, State.READY) == mixed.on(3)
    mixed.fail(set())
    mixed.heal()
    mixed.fan_out()
    assert mixed.people(id_, State.READY) == set()


@pytest.mark.proves("I8")
def test_the_automatic_first_notice_tells_the_rest_and_nobody_twice(mixed: House) -> None:
    mixed.fail({1, 2})
    id_ = drafted(mixed, Selection(elements=("E1",)))
    approved(mixed, id_)
    mixed.fan_out()
    mixed.land()
    automatic = mixed.first()
    mixed.fan_out()
    assert mixed.people(automatic) == mixed.on(2)
    mixed.fail({1, 2, 3})
    assert mixed.grow() == automatic
    mixed.fan_out()
    assert mixed.people(automatic) == mixed.on(2, 3)


def test_an_update_to_a_selection_goes_to_those_told_and_selected(mixed: House, time: Time) -> None:
    mixed.fail({1, 2})
    first = mixed.first()
    mixed.fan_out()
    mixed.land(notice=first)
    time.forward(hours=4)
    update_ = drafted(mixed, Selection(elements=("E2", "E3")), Kind.UPDATE, UPDATE)
    approved(mixed, update_)
    mixed.fan_out()
    assert mixed.people(update_) == mixed.on(2)


@pytest.mark.proves("B10")
def test_a_recall_half_way_withdraws_what_waits_and_corrects_exactly_those_told(mixed: House) -> None:
    id_ = drafted(mixed, Selection(areas=("80",)))
    approved(mixed, id_)
    mixed.fan_out()
    mixed.land(limit=5)
    told = mixed.people(id_, State.SUBMITTED)
    correction = mixed.database.write(
        lambda session: service.correct(session, session.get_one(Notice, id_), BEN.actor, "wrong area").id
    )
    mixed.fan_out()
    assert mixed.people(id_, State.READY) == set()
    assert mixed.notice(correction).approved_by == "playbook:"
    mixed.fan_out()
    assert mixed.people(correction) == told and len(told) == 5 and mixed.tally_is_true()


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        (Selection(), "audience.areas"),
        (Selection(plans=("gold",)), "audience.areas"),
        (Selection(areas=("99",)), "audience.areas"),
        (Selection(areas=("80",), without_elements=("E9",)), "audience.without_elements"),
        (Selection(lists=(7,)), "audience.lists"),
        (Selection(areas=("80",), services=("fax",)), "audience.services"),
    ],
)
def test_what_names_nothing_is_refused_by_field(mixed: House, chosen: Selection, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        drafted(mixed, chosen)
    assert refused.value.field == field


def test_an_all_clear_to_some_is_refused(mixed: House) -> None:
    with pytest.raises(Invalid):
        drafted(mixed, Selection(areas=("80",)), Kind.ALL_CLEAR)


def test_without_its_correction_nothing_is_submitted(mixed: House) -> None:
    def work(session):  # type: ignore[no-untyped-def]
        chosen = Selection(areas=("80",))
        notice = service.draft(
            session, about(), Kind.ADVISORY, FIRST, validity_minutes=60, by=ANN.actor, selection=chosen
        )
        service.submit(session, notice, ANN.actor)

    with pytest.raises(Conflict):
        mixed.database.write(work)
