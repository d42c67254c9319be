"""One night of an engineer, from the SMS to done, over the simulator; the board follows each step."""

import re
from collections.abc import Iterator

import pytest
import requests

from command import parts
from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings
from command.engine import deliver, escalate
from command.messages.gateways import SIMULATED_ACCOUNT, Gateways
from command.people.models import Person
from tests.boards.stage import Stage
from tests.conftest import Time
from tests.field.conftest import Phone, jpeg
from tests.messages.house import TOKEN, SimulatorProcess


@pytest.fixture
def simulator() -> Iterator[SimulatorProcess]:
    running = SimulatorProcess("http://127.0.0.1:9/hooks/twilio/twilio/inbound")
    yield running
    running.stop()


@pytest.fixture
def settings(settings: Settings, simulator: SimulatorProcess) -> Settings:
    gateway = GatewaySettings(
        name="twilio",
        transport="twilio",
        account_sid=SIMULATED_ACCOUNT,
        auth_token=TOKEN,
        sender="10690000",
        base_url=simulator.url,
    )
    return settings.model_copy(update={"gateways": (gateway,), "public_url": "http://127.0.0.1:9"})


def sent(installation: Installation) -> None:
    """What the engine does until nothing is due: page, and send."""
    gateways = Gateways(installation)
    sender = deliver.sender(installation, gateways, parts.handlers())
    for _ in range(20):
        escalate.run_once(installation)
        if not deliver.run_once(installation, sender):
            break
    sender.close()
    gateways.close()


def texts_on(simulator: SimulatorProcess, number: str) -> list[str]:
    """What a phone of the simulator has received, newest first."""
    answer = requests.get(f"{simulator.url}/api/phones/{number}/messages", timeout=30).json()
    return [message["body"] for message in answer["items"]]


def number_of(installation: Installation, phone: Phone) -> str:
    with installation.database.read() as session:
        person = session.get_one(Person, phone.person_id)
        assert person.number is not None
        return installation.keyring.decrypt(person.number)


@pytest.mark.proves("R6")
def test_an_engineer_goes_there_and_the_board_follows(
    installation: Installation, stage: Stage, simulator: SimulatorProcess, time: Time
) -> None:
    number = stage.responding("CELL-1", "CELL-2")
    sent(installation)
    phone = Phone(stage, "eng")
    (text,) = texts_on(simulator, number_of(installation, phone))
    (link,) = re.findall(r"https?://[^/\s]+(/p/\S+)", text)
    assert link == phone.link

    def mine() -> dict[str, object]:
        stage.agrees(number)
        pages = stage.folded(f"incident:{number}")["pages"]["pages"]
        return next(page for page in pages if page["person_id"] == phone.person_id)

    assert mine()["response"] is None
    phone.press("acknowledge")
    assert (mine()["state"], mine()["response"]) == ("acknowledged", "acknowledged")
    time.forward(minutes=2)
    assert "expects you at" in phone.press("en_route", minutes="30")
    assert (mine()["response"], mine()["eta_minutes"]) == ("en_route", 30)
    time.forward(minutes=25)
    phone.press("on_scene")
    assert mine()["response"] == "on_scene"
    assert phone.send("note", ("IMG_0001.JPG", jpeg()), note="cut by an excavator").status_code == 303
    (report,) = stage.folded(f"incident:{number}")["field"]["reports"]
    assert (report["kind"], report["person_id"], report["width"]) == ("photo", phone.person_id, 640)
    shown = phone.press("done", note="spliced, light is back")
    assert mine()["response"] == "done"
    assert "You reported done" in shown
    board = stage.get("ada", f"/incidents/{number}?lang=en").get_data(as_text=True)
    for words in ("cut by an excavator", "spliced, light is back", ">Done<", "Photo 1 by Eng"):
        assert words in board
    state = stage.get("ada", f"/api/v1/incidents/{number}").get_json()["state"]
    assert state == "responding", "done restores nothing"
    told = [
        line["text"]["en"]
        for line in stage.get("ada", f"/api/v1/incidents/{number}/journal?limit=500").get_json()["items"]
    ]
    for words in (
        "is en route (link), there in 30 min",
        "is on scene (link)",
        "sent photo 1 from the field",
        "reports done",
    ):
        assert any(words in line for line in told), words
