"""An engineer in the field: an incident whose response runs, the SMS that called them, and the page its link opens."""

import io
import re
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from werkzeug.test import TestResponse

from command.core import journal
from command.core.installation import Installation
from command.core.settings import GatewaySettings, Settings
from command.messages.models import Body, Delivery
from command.oncall.models import Page
from tests.boards.stage import Stage


def jpeg(width: int = 640, height: int = 480, colour: str = "#c33", **saved: Any) -> bytes:
    """A photo as a camera makes it."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", **saved)
    return out.getvalue()


def png(width: int = 64, height: int = 48, mode: str = "RGB", **saved: Any) -> bytes:
    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "PNG", **saved)
    return out.getvalue()


class Phone:
    """The phone of somebody who was paged: their texts, and the page behind the newest link. It has no session."""

    def __init__(self, stage: Stage, username: str) -> None:
        self.stage, self.username, self.client = stage, username, stage.app.test_client()

    @property
    def person_id(self) -> int:
        return self.stage.people[self.username]

    def texts(self) -> list[str]:
        query = select(Body.text).join(Delivery, Delivery.body_id == Body.id).where(Delivery.page_id.is_not(None))
        with self.stage.database.read() as session:
            return list(session.scalars(query.where(Delivery.addressee == self.person_id).order_by(Delivery.id)))

    @property
    def link(self) -> str:
        """The path of the address in the newest text."""
        (found,) = re.findall(r"https?://[^/\s]+(/p/\S+)", self.texts()[-1])
        return str(found)

    def page(self) -> Page:
        with self.stage.database.read() as session:
            mine = select(Page).where(Page.person_id == self.person_id).order_by(Page.id.desc())
            return session.scalars(mine.limit(1)).one()

    def opened(self) -> str:
        answer = self.client.get(self.link)
        assert answer.status_code == 200, answer.text
        return answer.get_data(as_text=True)

    def press(self, do: str, **typed: str) -> str:
        """Press a button and see the page it leads to."""
        answer = self.send(do, **typed)
        assert answer.status_code == 303, answer.text
        return self.opened()

    def send(self, do: str, photo: tuple[str, bytes] | None = None, **typed: str) -> TestResponse:
        body: dict[str, Any] = {"do": do, **typed}
        if photo is not None:
            body["photo"] = (io.BytesIO(photo[1]), photo[0])
        return self.client.post(self.link, data=body)

    def journal(self, kind: str) -> list[dict[str, Any]]:
        with self.stage.database.read() as session:
            stream = f"incident:{self.page().incident_number}"
            return [orjson.loads(e.data) for e in journal.entries(session, stream) if e.kind == kind]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """With a gateway that carries links."""
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


@pytest.fixture
def stage(installation: Installation) -> Stage:
    return Stage(installation)


@pytest.fixture
def number(stage: Stage) -> str:
    """An incident whose response runs and whose pages have left."""
    found = stage.responding("CELL-1", "CELL-2")
    stage.engine()
    return found


@pytest.fixture
def phone(stage: Stage, number: str) -> Phone:
    """The phone of the engineer on technical duty."""
    return Phone(stage, "eng")


@pytest.fixture
def client(stage: Stage) -> FlaskClient:
    return stage.client()
