"""Pages and rotations over HTTP, and the address in the SMS that needs no sign-in."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from command.app import create_app
from command.core.installation import Installation
from command.core.keys import Keyring, new_key, parse
from command.core.settings import GatewaySettings
from command.oncall.models import PageState
from command.oncall.paging import service
from command.people import tokens
from command.people.models import Person
from tests.builders import application
from tests.conftest import Time
from tests.oncall.scene import Scene, step

STEPS = (step("person:18"), step("person:19", 5))
QIN, YOU = "qin.yang", "you.na"
ACKNOWLEDGES = b'value="acknowledge"'


@pytest.fixture
def settings(settings: Any) -> Any:
    return settings.model_copy(update={"gateways": (GatewaySettings(name="sms", transport="simulated"),)})


@pytest.fixture
def client(installation: Installation) -> FlaskClient:
    return application(installation).test_client()


def bearer(scene: Scene, username: str) -> dict[str, str]:
    def work(session: Any) -> str:
        person = session.get_one(Person, scene.ids[username])
        _, text = tokens.create_token(session, person, "test", ["*"], days=1)
        return str(text)

    return {"Authorization": f"Bearer {scene.write(work)}"}


@pytest.fixture
def paged(scene: Scene) -> Scene:
    scene.page(*STEPS)
    scene.engine()
    return scene


class TestTheLink:
    def test_it_shows_what_where_and_since_when_and_looking_changes_nothing(
        self, paged: Scene, client: FlaskClient
    ) -> None:
        answer = client.get(paged.link(QIN))
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "【示例通信】呼叫：INC-1 网络故障，梅江区。" in page
        assert "秦阳" in page
        assert re.search(r'<time datetime="[^"]+">\d\d:\d\d</time>', page)
        assert paged.code(QIN) not in page
        assert paged.pages()[0].state == PageState.SENDING

    def test_it_is_small_stands_alone_and_works_without_scripts(self, paged: Scene, client: FlaskClient) -> None:
        answer = client.get(paged.link(QIN))
        assert len(answer.data) < 40_000
        assert b"<script" not in answer.data
        assert b"width=device-width" in answer.data
        assert set(re.findall(rb'(?:src|href|action)="([^"]*)"', answer.data)) == {b"data:,", b"tel:10000", b""}

    def test_one_press_acknowledges_without_signing_in(self, paged: Scene, client: FlaskClient) -> None:
        answer = client.post(paged.link(QIN), follow_redirects=True)
        assert answer.status_code == 200
        assert ACKNOWLEDGES not in answer.data
        assert paged.pages()[0].answered_via == "link"
        (entry,) = paged.journal("page.acknowledged")
        assert (entry["person_id"], entry["via"]) == (paged.ids[QIN], "link")

    def test_pressing_twice_changes_nothing(self, paged: Scene, client: FlaskClient) -> None:
        for _ in range(2):
            assert client.post(paged.link(QIN)).status_code == 303
        assert len(paged.journal("page.acknowledged")) == 1

    def test_it_says_who_was_faster(self, paged: Scene, client: FlaskClient, time: Time) -> None:
        link = paged.link(QIN)
        time.forward(minutes=5)
        paged.engine()
        paged.reply(YOU, "ACK")
        page = client.post(link, follow_redirects=True).get_data(as_text=True)
        assert "尤娜" in page
        assert ACKNOWLEDGES.decode() not in page
        assert len(paged.journal("page.acknowledged")) == 1

    def test_it_says_when_it_is_over(self, paged: Scene, client: FlaskClient) -> None:
        paged.write(lambda s: service.stop(s, 1, "restored"))
        answer = client.post(paged.link(QIN), follow_redirects=True)
        assert answer.status_code == 200
        assert ACKNOWLEDGES not in answer.data
        assert paged.journal("page.acknowledged") == []

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("change", ["1{0}", "{0}A", "{1}.", "x", "{1}.é", "0{0}", "99999999999999999999.{2}"])
    def test_a_forged_address_gets_a_friendly_page_and_does_nothing(
        self, paged: Scene, client: FlaskClient, change: str
    ) -> None:
        token = paged.link(QIN).removeprefix("/p/")
        forged = "/p/" + change.format(token, *token.split("."))
        for answer in (client.get(forged), client.post(forged)):
            assert answer.status_code == 404
            assert b"<h1>" in answer.data
        assert paged.journal("page.acknowledged") == []

    def test_it_stops_working_after_a_day(self, paged: Scene, client: FlaskClient, time: Time) -> None:
        time.forward(hours=23, minutes=59)
        assert client.get(paged.link(QIN)).status_code == 200
        time.forward(minutes=1)
        assert client.get(paged.link(QIN)).status_code == 404
        assert client.post(paged.link(QIN)).status_code == 404

    def test_it_stops_working_when_the_person_leaves(self, paged: Scene, client: FlaskClient) -> None:
        paged.lock(QIN)
        assert client.post(paged.link(QIN)).status_code == 404

    def test_it_outlives_a_new_key(self, paged: Scene, installation: Installation) -> None:
        newer = Keyring([*parse(new_key()).keys, *installation.keyring.keys])
        later = Installation(installation.settings, installation.database, newer)
        assert create_app(later).test_client().get(paged.link(QIN)).status_code == 200

    def test_it_speaks_the_language_of_the_person(self, paged: Scene, client: FlaskClient) -> None:
        assert b'<html lang="zh-CN">' in client.get(paged.link(QIN)).data
        paged.write(lambda s: setattr(s.get_one(Person, paged.ids[QIN]), "language", "en"))
        page = client.get(paged.link(QIN)).get_data(as_text=True)
        assert '<html lang="en">' in page
        assert "Example Telecom page: INC-1" in page
        assert ">Acknowledge<" in page

    def test_a_drill_is_marked(self, scene: Scene, client: FlaskClient) -> None:
        scene.page(*STEPS, exercise=True)
        scene.engine()
        page = client.get(scene.link(QIN)).text
        assert "<title>【演练】" in page and "并非真实事件" in page

    def test_names_cannot_break_out_of_the_page(self, scene: Scene, client: FlaskClient) -> None:
        scene.page(*STEPS, texts={"zh": "<script>alert(1)</script>[请回复{code}][{link}]"})
        scene.engine()
        (link,) = re.findall(r"http://[^/]+(/p/\S+)", scene.inbox(QIN)[-1])
        assert b"<script" not in client.get(link).data


class TestTheInterface:
    def test_the_person_paged_acknowledges(self, paged: Scene, client: FlaskClient) -> None:
        url = f"/api/v1/pages/{paged.pages()[0].id}/actions/acknowledge"
        answer = client.post(url, headers=bearer(paged, QIN))
        assert answer.status_code == 200
        assert (answer.json["state"], answer.json["answered_via"]) == ("acknowledged", "api")

    def test_nobody_else_can(self, paged: Scene, client: FlaskClient) -> None:
        url = f"/api/v1/pages/{paged.pages()[0].id}/actions/acknowledge"
        answer = client.post(url, headers=bearer(paged, YOU))
        assert (answer.status_code, answer.json["code"]) == (403, "denied")
        assert client.post(url).status_code == 401
        assert paged.journal("page.acknowledged") == []

    def test_a_page_that_is_over_or_not_there_says_so(self, paged: Scene, client: FlaskClient) -> None:
        headers = bearer(paged, QIN)
        paged.write(lambda s: service.stop(s, 1, "merged"))
        url = f"/api/v1/pages/{paged.pages()[0].id}/actions/acknowledge"
        assert client.post(url, headers=headers).status_code == 409
        assert client.post("/api/v1/pages/999/actions/acknowledge", headers=headers).status_code == 404

    def test_pages_are_listed_by_incident_and_state_in_pieces(
        self, paged: Scene, client: FlaskClient, time: Time
    ) -> None:
        paged.page(*STEPS, number="INC-2")
        time.forward(minutes=5)
        paged.engine()
        headers = bearer(paged, YOU)
        everything = client.get("/api/v1/pages", headers=headers).json
        assert [item["incident"] for item in everything["items"]] == ["INC-1", "INC-1", "INC-2"]
        assert everything["next"] is None
        first = client.get("/api/v1/pages?limit=2", headers=headers).json
        rest = client.get(f"/api/v1/pages?limit=2&after={first['next']}", headers=headers).json
        assert first["items"] + rest["items"] == everything["items"]
        some = client.get("/api/v1/pages?incident=INC-1&state=unanswered", headers=headers).json
        assert [item["person"]["name_zh"] for item in some["items"]] == ["秦阳"]

    def test_pages_of_a_restricted_incident_are_listed_to_the_person_paged_only(
        self, scene: Scene, client: FlaskClient
    ) -> None:
        scene.page(*STEPS, restricted=True)
        scene.engine()
        assert client.get("/api/v1/pages", headers=bearer(scene, YOU)).json["items"] == []
        assert len(client.get("/api/v1/pages", headers=bearer(scene, QIN)).json["items"]) == 1

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("query", ["state=lost", "limit=0", "limit=501", "after=-1", "colour=red", "after=x"])
    def test_a_wrong_question_names_the_field(self, scene: Scene, client: FlaskClient, query: str) -> None:
        answer = client.get(f"/api/v1/pages?{query}", headers=bearer(scene, QIN))
        assert answer.status_code == 422
        assert query.partition("=")[0] in answer.get_data(as_text=True)

    @pytest.mark.proves("R28")
    def test_who_is_on_duty_is_told_for_any_instant(self, scene: Scene, client: FlaskClient) -> None:
        headers = bearer(scene, QIN)
        url = "/api/v1/schedules/technical/on-duty?at="
        for at, name in (("2026-01-12T00:59:59Z", "Wang Kai"), ("2026-01-12T09:00:00%2B08:00", "Feng Xue")):
            answer = client.get(url + at, headers=headers)
            assert answer.json["person"]["name_en"] == name
        assert (answer.json["since"][:16], answer.json["until"][:16]) == ("2026-01-12T01:00", "2026-01-19T01:00")
        assert client.get("/api/v1/schedules/technical/on-duty", headers=headers).status_code == 200

    @pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
    @pytest.mark.parametrize("at", ["2026-01-12T00:59:59", "yesterday", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
    def test_a_time_that_cannot_be_is_refused(self, scene: Scene, client: FlaskClient, at: str) -> None:
        answer = client.get(f"/api/v1/schedules/technical/on-duty?at={at}", headers=bearer(scene, QIN))
        assert answer.status_code == 422

    def test_rotations_are_listed_and_an_unknown_one_names_the_known(self, scene: Scene, client: FlaskClient) -> None:
        headers = bearer(scene, QIN)
        listed = client.get("/api/v1/schedules", headers=headers).json["items"]
        assert [each["code"] for each in listed] == ["customer_service", "operations", "security", "technical"]
        assert [m["name_zh"] for m in listed[3]["layers"][0]["members"]] == ["王凯", "冯雪", "钱瑜"]
        answer = client.get("/api/v1/schedules/cooking/on-duty", headers=headers)
        assert answer.status_code == 404
        assert "technical" in answer.json["remedy"]
