"""Exercises never reach a real recipient, and restricted incidents none who is not cleared (hostile)."""

from datetime import timedelta
from typing import Any

import pytest

from command.core import clock
from command.messages import exercises
from command.messages.models import Delivery, Purpose
from command.people.contacts import PersonContact
from tests.bulletins.conftest import Bureau

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.proves("B3", "I3", "R33")
def test_a_bulletin_of_a_drill_stays_in_the_drills_mailbox(bureau: Bureau) -> None:
    number = bureau.grave(by="tra", exercise=True)
    made = bureau.sent(number)
    assert made["exercise"] and made["texts"]["zh"].startswith("【演练】") and made["texts"]["en"].startswith("[DRILL]")
    assert {copy["state"] for copy in made["copies"]} == {"kept"} and len(made["copies"]) == 3
    assert bureau.mail.box.mails == [] and bureau.texts(Purpose.BULLETIN) == []
    for source in ("regulator", "government", "ministry"):
        answer = bureau.client().get("/api/v1/partner/bulletins", headers=bureau.machine(source))
        assert answer.get_json()["items"] == []
    page = bureau.get("ada", f"/bulletins/{made['id']}?lang=en").text
    assert "[DRILL] This is an exercise" in page and "Kept in the drill" in page
    assert bureau.clock(number, "cn-inform-1h")["met_at"] is not None, "the drill's own clock is met as it would be"
    assert (
        bureau.post("dou", f"/api/v1/bulletins/{made['id']}/actions/send_again", recipient="regulator").status_code
        == 409
    )


@pytest.mark.proves("B3", "I3", "R33")
def test_a_recipients_address_cannot_be_put_on_the_allow_list_of_drills(bureau: Bureau) -> None:
    index = bureau.installation.keyring.index("cca@example.net")

    def allow(session: Any) -> None:
        exercises.allow(session, index, clock.now(session) + timedelta(hours=1), "person:1")

    with pytest.raises(Exception, match="not of anybody who works here"):
        bureau.do(allow)
    number = bureau.grave(by="tra", exercise=True)

    def force(session: Any) -> None:
        session.add(
            exercises.ExerciseAllowed(recipient=index, until=clock.now(session) + timedelta(hours=1), by="evil")
        )

    bureau.do(force)
    bureau.sent(number)
    with bureau.database.read() as session:
        assert session.query(Delivery).where(Delivery.purpose == Purpose.BULLETIN).count() == 0
    assert bureau.mail.box.mails == []


@pytest.mark.proves("B3", "I3", "R33")
def test_who_works_here_and_is_on_the_allow_list_gets_the_drills_mail_with_its_marks(bureau: Bureau) -> None:
    address = "group@example.net"
    index = bureau.installation.keyring.index(address)

    def ours(session: Any) -> None:
        now = clock.now(session)
        session.add(
            PersonContact(
                person_id=bureau.people["dep"],
                kind="email",
                address=bureau.installation.keyring.encrypt(address),
                address_index=index,
                position=1,
                wait_minutes=5,
                created_at=now,
                verified_at=now,
            )
        )
        session.flush()
        exercises.allow(session, index, now + timedelta(hours=1), "person:1")

    bureau.do(ours)
    made = bureau.sent(bureau.grave(by="tra", exercise=True))
    assert {copy["recipient"]: copy["state"] for copy in made["copies"]} == {
        "ministry": "sent",
        "regulator": "kept",
        "government": "kept",
    }
    assert set(bureau.mailed()) == {address} and bureau.mailed()[address].startswith("【演练】")
    subjects = [str(mail["Subject"]) for mail in bureau.mail.box.mails if mail["To"] == address]
    assert len(subjects) == len(bureau.mail.box.mails)
    assert all(subject.startswith(("【演练】", "[DRILL]")) for subject in subjects)
    page = bureau.client().get(f"{bureau.link(address)}?lang=en").text
    assert "[DRILL] This is an exercise" in page and "data-exercise" in page


@pytest.mark.proves("R33", "R25")
def test_a_restricted_incidents_bulletin_goes_to_the_cleared_and_is_seen_by_the_named(bureau: Bureau) -> None:
    number = bureau.report("ada", kind="information_security", records_leaked=100)["number"]
    for action in ("assess", "activate"):
        bureau.act("ada", number, action)
    made = bureau.draft(number, by="cou")
    bureau.do("cou", made["id"], "submit")
    made = bureau.do("ada", made["id"], "approve")
    cleared = {copy["recipient"] for copy in made["copies"]}
    assert cleared and cleared <= {"province_centre", "regulator"}
    for address in (
        f"/bulletins/{made['id']}",
        f"/bulletins/{made['id']}/pdf",
        f"/incidents/{number}/bulletins",
        f"/incidents/{number}/bulletins/part",
        f"/api/v1/bulletins/{made['id']}",
        f"/api/v1/bulletins/{made['id']}/pdf",
        f"/api/v1/incidents/{number}/bulletins",
    ):
        assert bureau.get("dou", address).status_code == 404, address
        assert bureau.get("ada", address).status_code == 200, address
    assert bureau.post("dou", f"/api/v1/bulletins/{made['id']}/actions/correct").status_code == 404
    for address in ("/bulletins", "/api/v1/bulletins", "/board/part/decisions"):
        assert number not in bureau.get("dou", address).text
