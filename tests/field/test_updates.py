"""What an engineer reports by SMS is a note on the incident, as one from the page is."""

from command import parts
from command.core.journal import Note
from command.field.models import FieldNote
from command.messages import inbound
from command.people.models import Person
from notifiers.base import Inbound
from tests.boards.stage import Stage
from tests.field.conftest import Phone


def sms(stage: Stage, phone: Phone, text: str, key: str = "SM1") -> None:
    """The phone sends a text to the operator's number."""
    keyring = stage.installation.keyring

    def work(session: object) -> None:
        person = session.get_one(Person, phone.person_id)  # type: ignore[attr-defined]
        came = Inbound(provider_id=key, sender=keyring.decrypt(person.number), recipient="10690000", text=text)
        inbound.receive(session, "sms", came, parts.handlers(), keyring)  # type: ignore[arg-type]

    stage.do(work)


def test_an_update_is_a_note_of_that_person_with_numbers_masked(stage: Stage, phone: Phone, number: str) -> None:
    sms(stage, phone, "进展：已接通一半，联系 138 1234 5678", "SM1")
    for _ in range(2):
        sms(stage, phone, "UPDATE all of it", "SM2")
    entries = phone.journal("note.added")
    assert [entry["person_id"] for entry in entries] == [phone.person_id] * 2
    with stage.database.read() as session:
        notes = [session.get_one(Note, entry["note_id"]) for entry in entries]
        assert [note.body for note in notes] == ["已接通一半，联系 138****5678", "all of it"]
        assert {note.author for note in notes} == {f"person:{phone.person_id}"}
        assert session.query(FieldNote).count() == 2
    stage.agrees(number)
    board = stage.get("ada", f"/incidents/{number}?lang=zh").get_data(as_text=True)
    assert "已接通一半" in board and "5678 1234" not in board
    assert phone.page().response is None, "a report takes no page"


def test_words_beside_a_step_are_kept_too(stage: Stage, phone: Phone, number: str) -> None:
    sms(stage, phone, "已到场，门锁着", "SM1")
    sms(stage, phone, "DONE spliced", "SM2")
    assert phone.page().response == "done"
    (added,) = phone.journal("note.added")
    (finished,) = phone.journal("page.done")
    with stage.database.read() as session:
        said = [session.get_one(Note, each["note_id"]).body for each in (added, finished)]
    assert said == ["门锁着", "spliced"]


def test_a_note_from_the_page_keeps_an_acknowledgement_from_going_quiet(
    stage: Stage, phone: Phone, number: str
) -> None:
    sms(stage, phone, "收到")
    with stage.database.read() as session:
        page = phone.page()
        chain = session.get_one(parts.oncall.Escalation, page.escalation_id)
    stage.do(lambda s: setattr(s.get_one(parts.oncall.Escalation, chain.id), "quiet_at", chain.created_at))
    assert phone.send("note", note="two poles down", key="once").status_code == 303
    with stage.database.read() as session:
        assert session.get_one(parts.oncall.Escalation, chain.id).quiet_at is None
