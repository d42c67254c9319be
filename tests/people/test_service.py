"""People, posts, groups and numbers."""

import pytest
from sqlalchemy import func, select

from command.core.database import Database
from command.core.journal import Entry, Note
from command.core.keys import Keyring
from command.core.paths import CONFIG
from command.core.problems import Conflict, Invalid
from command.people import service
from command.people.models import EmergencyGroup, GroupMember, Person
from command.people.roster import Roster
from playbooks import source
from tests.people.conftest import Office, card


@pytest.fixture(scope="module")
def roster() -> Roster:
    return source.load(CONFIG / "demo" / "people.yaml", Roster)


def counts(database: Database) -> tuple[int, ...]:
    with database.read() as session:
        return tuple(
            session.scalar(select(func.count()).select_from(t)) or 0 for t in (Person, EmergencyGroup, GroupMember)
        )


@pytest.mark.proves("R4")
def test_a_roster_loads_people_groups_and_deputies_and_loading_it_again_changes_nothing(
    database: Database, keyring: Keyring, roster: Roster
) -> None:
    first = database.write(lambda session: service.load_people(session, keyring, roster, password_hash="h", demo=True))
    before = counts(database)
    assert before[0] == len(roster.people) and before[1] == len(roster.groups)
    with database.read() as session:
        entries = session.scalar(select(func.count()).select_from(Entry))
        ranks = session.execute(
            select(GroupMember.rank, Person.username)
            .join(EmergencyGroup, EmergencyGroup.id == GroupMember.group_id)
            .join(Person, Person.id == GroupMember.person_id)
            .where(EmergencyGroup.code == roster.groups[0].code, GroupMember.duty == roster.groups[0].members[0].duty)
            .order_by(GroupMember.rank)
        ).all()
    assert [tuple(row) for row in ranks] == list(enumerate(roster.groups[0].members[0].everyone()))
    again = database.write(
        lambda session: service.load_people(session, keyring, roster, password_hash="other", demo=True)
    )
    assert again == first and counts(database) == before
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Entry)) == entries
        assert set(session.scalars(select(Person.password_hash))) == {"h"}


def test_a_username_is_given_once(office: Office) -> None:
    with pytest.raises(Conflict) as refused:
        office.database.write(
            lambda session: service.create_person(session, office.installation.keyring, card("ada", ("auditor",)))
        )
    assert refused.value.field == "username"


def test_a_post_nobody_knows_is_refused_and_changes_nothing(office: Office) -> None:
    with pytest.raises(Invalid) as refused:
        office.database.write(
            lambda session: service.set_posts(session, service.find(session, office.person("ada").id), ["king"])
        )
    assert "commander" in str(refused.value)
    assert [held.post for held in office.person("ada").posts] == ["commander"]


@pytest.mark.proves("R19", "I10")
def test_numbers_are_masked_for_everybody_and_stored_encrypted(office: Office) -> None:
    listed = office.ask(office.token("aud", "read"), "GET", "/api/v1/people").json["items"]
    assert [person["number"] for person in listed][:2] == ["120****0000", "120****0001"]
    page = office.browser("ada").open("/people").text
    assert "120****0002" in page and "12000000002" not in page
    stored = office.person("eng").number
    assert stored is not None and b"12000000002" not in stored


@pytest.mark.proves("R19", "I10")
def test_whoever_sees_a_whole_number_gives_a_reason_and_is_on_record(office: Office) -> None:
    target = f"/api/v1/people/{office.person('eng').id}/actions/unmask"
    answer = office.ask(office.token("ada", "*"), "POST", target, json={"reason": "he does not answer his pages"})
    assert answer.json == {"number": "+8612000000002"}
    with office.database.read() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "people.unmasked")).one()
        note = session.scalars(select(Note.body)).one()
        assert entry.actor == f"person:{office.person('ada').id}" and "12000000002" not in entry.data
        assert note == "he does not answer his pages" and note not in entry.data
    assert office.ask(office.token("ada", "*"), "POST", target, json={"reason": " "}).status_code == 422


def test_who_may_not_see_a_number_learns_who_may(office: Office) -> None:
    target = f"/api/v1/people/{office.person('ada').id}/actions/unmask"
    for username, status in (("eng", 403), ("aud", 403), ("kef", 403)):
        answer = office.ask(
            office.token(username, "*"), "POST", target, json={"reason": "urgent"}, headers={"Accept-Language": "en"}
        )
        assert answer.status_code == status and "commander" in answer.json["remedy"]
    overridden = {"reason": "a caller asks for him", "override": True}
    assert office.ask(office.token("kef", "*"), "POST", target, json=overridden).status_code == 200
    with office.database.read() as session:
        data = session.scalars(select(Entry.data).where(Entry.kind == "people.unmasked")).one()
    assert '"how":"override"' in data


def test_lists_are_read_page_by_page(office: Office) -> None:
    token, seen, after = office.token("ada", "read"), [], 0
    while after is not None:
        page = office.ask(token, "GET", f"/api/v1/people?limit=4&after={after}").json
        seen += [person["username"] for person in page["items"]]
        after = page["next"]
    assert seen == ["ada", "dou", "eng", "kef", "aud", "adm"]
