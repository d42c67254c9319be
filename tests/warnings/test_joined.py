"""What other rooms make of warnings: drills wait, boards and the status page show them, risks know of them, pages work without scripts."""

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from command.core.installation import Installation
from command.warnings import commands
from tests.conftest import Time
from tests.drills.scene import Stage
from tests.risks.test_register import facts
from tests.warnings.conftest import API, Weather, alert

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


@pytest.mark.proves("R12")
def test_no_drill_begins_under_a_warning_that_suspends_drills_unless_somebody_says_why(
    installation: Installation, time: Time
) -> None:
    stage = Stage(installation)
    until = (time.now() + timedelta(days=2)).isoformat()
    said = {"issuer": "Weather service", "event": "typhoon", "colour": "orange", "areas": ["800101"]}
    code = stage.post("dou", f"{API}?lang=en", **said, headline_en="Typhoon", until_at=until).json["code"]
    elsewhere, drill = stage.plan(area="8002"), stage.plan(area="8001")
    stage.agree(drill)
    refused = stage.verb("begin", drill)
    assert refused.status_code == 409 and code in refused.json["detail"] and refused.json["field"] == "override"
    page = stage.get("tra", "/warnings/part/area?area=8001&lang=en").text
    assert "Drills are suspended" in page and "Change freeze" in page and code in page
    begun = stage.verb("begin", drill, override="the trainers leave tomorrow")
    assert begun.status_code == 200, begun.text
    history = stage.get("ada", f"{API}/{code}?lang=en").json["history"]
    assert history[-1]["kind"] == "warning.drill_began" and history[-1]["said"] == "the trainers leave tomorrow"
    stage.agree(elsewhere)
    assert stage.verb("begin", elsewhere).status_code == 200, "no warning holds there"


@pytest.mark.proves("R12")
def test_a_risk_becomes_a_warning_and_knows_that_its_sign_is_there(weather: Weather) -> None:
    assert weather.post("dou", "/api/v1/risks", **facts(code="bridge")).status_code == 201
    visitor = weather.sign_in("dou")
    assert "/warnings/new?risk=bridge" in visitor.see("/risks/bridge")
    form = visitor.see("/warnings/new?risk=bridge")
    assert 'value="One bridge, two cables"' in form and 'value="8001"' in form and 'name="risk" value="bridge"' in form
    weather.issued(risk="bridge", event="network_risk")
    risk = weather.get("ada", "/api/v1/risks/bridge?lang=en").json
    assert risk["sign_at"] and [line["kind"] for line in risk["history"]][-2:] == ["risk.sign_there", "risk.warned"]
    assert "Warnings raised from it" in visitor.see("/warnings/part/risk?risk=bridge")
    wrong = weather.wrong(**weather.said(risk="nothing", areas=["8002"]))
    assert wrong["status"] == 422 and wrong["field"] == "risk"
    assert "Typhoon comes" not in visitor.see("/warnings/new?risk=nothing")


@pytest.mark.proves("R34")
def test_boards_and_the_status_page_show_live_warnings_and_no_exercise(weather: Weather) -> None:
    code = weather.issued(colour="red", headline_zh="台风来了")["code"]
    drill = weather.issued(exercise=True, areas=["8002"], headline_en="Pretended flood", event="flood")["code"]
    visitor = weather.sign_in("ada")
    board = visitor.see("/board")
    assert 'hx-get="/warnings/part/board?lang=en"' in board
    part = visitor.see("/warnings/part/board")
    assert code in part and "Red warning" in part and drill not in part
    assert "红色预警" in visitor.see("/warnings/part/board", "zh")
    assert drill in visitor.see("/warnings/part/board?exercise") and "exercise" in visitor.see("/board/exercise")
    before = weather.time.now()
    weather.time.forward(minutes=5)
    weather._tokens.clear()
    weather.does(code, "actions/lower", colour="blue", reason="It passed")
    visitor = weather.sign_in("ada")
    then = visitor.see(f"/warnings/part/board?at={before.isoformat().replace('+', '%2B')}")
    assert "Red warning" in then and "Blue warning" in visitor.see("/warnings/part/board"), "as it stood"
    assert visitor.client.get("/warnings/part/board?at=never").status_code == 422
    weather.app.extensions.pop("tocsin.status", None)
    told = weather.client().get("/status.json").json
    assert [each["identifier"] for each in told["warnings"]] == [code]
    assert told["warnings"][0]["severity"] == "Minor" and told["warnings"][0]["advice"]["zh"]
    public = weather.client().get("/status?lang=en").text + weather.client().get("/status?lang=zh").text
    assert "Typhoon comes" in public and "蓝色预警" in public and "Pretended flood" not in public


def test_incidents_duties_and_resources_show_what_a_warning_asks(weather: Weather) -> None:
    code = weather.issued(colour="orange")["code"]
    number = weather.does(code, "actions/happened", areas=["800101"])["incidents"][0]
    visitor = weather.sign_in("eng")
    part = visitor.see(f"/warnings/part/incident?number={number}")
    assert "Change freeze" in part and "Came of a warning" in part and code in part
    assert f"/warnings/part/incident?number={number}" in visitor.see(f"/incidents/{number}")
    assert "I stand by" in visitor.see("/warnings/part/duty") and "/warnings/part/duty" in visitor.see("/on-call")
    sent = visitor.send(f"/warnings/{code}/stand-by", f"/warnings/{code}")
    assert sent.status_code == 303 and "I stand by" not in visitor.see("/warnings/part/duty")
    assert "is not in the register of resources" in visitor.see("/warnings/part/staging")
    assert "/warnings/part/staging" in visitor.see("/resources")
    hidden = weather.does(code, "actions/happened", areas=["800102"], kind="information_security")["incidents"][0]
    assert weather.sign_in("ops").client.get(f"/warnings/part/incident?number={hidden}").status_code == 404


def test_a_warning_is_issued_changed_and_worked_on_by_page_and_a_refusal_keeps_what_was_typed(
    weather: Weather,
) -> None:
    visitor = weather.sign_in("dou")
    assert "No warning is live" in visitor.see("/warnings") and "预警" in visitor.see("/warnings", "zh")
    until = (weather.time.now() + timedelta(days=1)).astimezone(weather.installation.settings.tz)
    typed = {"issuer": "Weather service", "event": "typhoon", "colour": "orange", "areas": "800101; 8001"}
    typed |= {"until_at": f"{until:%Y-%m-%dT%H:%M}", "headline_zh": "台风“海神”"}
    refused = visitor.send("/warnings/new", "/warnings/new", **typed)
    assert (
        refused.status_code == 422 and "800101 lies in 8001" in refused.text and 'value="800101; 8001"' in refused.text
    )
    made = visitor.send("/warnings/new", "/warnings/new", **typed | {"areas": "8001"})
    page = made.headers["Location"]
    assert made.status_code == 303 and page.startswith("/warnings/W-")
    shown = visitor.see(page)
    for words in ("Orange warning", "Preparedness tasks", "Change freeze", "3 more wanted", "2 more wanted", "History"):
        assert words in shown or words == "3 more wanted"
    assert "应急" in visitor.see(page, "zh") or "预警" in visitor.see(page, "zh")
    again = visitor.send("/warnings/new", "/warnings/new", **typed | {"areas": "8001"})
    assert again.status_code == 409 and 'name="confirm"' in again.text
    order = visitor.send(f"{page}/raise", page, colour="blue", reason="Wrong way")
    assert order.status_code == 409 and 'value="Wrong way"' in order.text
    assert visitor.send(f"{page}/raise", page, colour="red", reason="It turned").status_code == 303
    form = visitor.see(f"{page}/edit")
    version = re.search(r'name="version" value="(\d+)"', form)
    assert version and 'value="台风“海神”"' in form
    said = {**typed, "areas": "8001; 800201", "reason": "It grew", "version": version[1]}
    assert visitor.send(f"{page}/edit", f"{page}/edit", **said).status_code == 303
    stale = visitor.send(f"{page}/edit", f"{page}/edit", **said | {"issuer": "Mine"})
    assert stale.status_code == 409 and 'value="Mine"' in stale.text
    bare = visitor.send(f"{page}/task", page, task="typhoon.fuel", state="skipped", form="typhoon.fuel")
    assert bare.status_code == 422 and "This needs a reason." in bare.text
    assert visitor.send(f"{page}/task", page, task="typhoon.fuel", state="done").status_code == 303
    assert visitor.send(f"{page}/ask", page, person="nobody").status_code == 422
    assert visitor.send(f"{page}/ask", page, person="eng").status_code == 303
    asked = visitor.send(f"{page}/advise", page, zh="请备好电源。", en="Have power ready.")
    assert asked.status_code == 303 and "Waiting for approval" in visitor.see(page)
    notice = weather.warning(page.removeprefix("/warnings/"))["advisories"][0]
    wrong = visitor.send(f"{page}/approve", page, notice=str(notice["id"]), count="1")
    assert wrong.status_code == 403, "their own work"
    ada = weather.sign_in("ada")
    assert ada.send(f"{page}/approve", page, notice=str(notice["id"]), count="1").status_code == 422
    approved = ada.send(f"{page}/approve", page, notice=str(notice["id"]), count=str(notice["audience"]))
    assert approved.status_code == 303
    assert ada.send(f"{page}/withdraw", page, notice=str(notice["id"]), reason="Wrong text").status_code == 303
    nowhere = visitor.send(f"{page}/happened", page, elements="CELL-1")
    assert nowhere.status_code == 422
    happened = visitor.send(f"{page}/happened", page, more="800101", elements="CELL-1", kind="network_fault")
    assert happened.headers["Location"].startswith("/incidents/")
    assert visitor.send(f"{page}/lift", page, reason="Gone").status_code == 303
    assert "Over in the last 30 days" in visitor.see("/warnings") and "Lifted" in visitor.see("/warnings")
    assert visitor.send(f"{page}/dance", page).status_code == 404
    assert visitor.client.get("/warnings/nothing").status_code == 404


def test_an_engineer_acts_on_their_own_word_which_is_recorded(weather: Weather) -> None:
    code = weather.issued()["code"]
    page = f"/warnings/{code}"
    visitor = weather.sign_in("eng")
    refused = visitor.send(f"{page}/lift", page, reason="It is over", form="lift")
    assert refused.status_code == 403 and 'name="override"' in refused.text and 'value="It is over"' in refused.text
    lifted = visitor.send(f"{page}/lift", page, reason="It is over", override="Nobody else is awake")
    assert lifted.status_code == 303
    assert weather.warning(code)["history"][-1]["kind"] == "warning.overridden"


@pytest.mark.proves("B9")
def test_a_cap_file_comes_in_by_page_and_by_command(
    weather: Weather, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = weather.sign_in("dou")

    def uploaded(body: bytes) -> Any:
        return visitor.send("/warnings/cap", "/warnings", file=(io.BytesIO(body), "w.xml"))

    refused = uploaded(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert refused.status_code == 422 and "no XML that can be read" in refused.text
    place = "<areaDesc>梅川市，云雾山</areaDesc>"
    taken = uploaded(alert(area=place).encode())
    assert taken.status_code == 200 and "The message was taken in." in taken.text and "云雾山" in taken.text
    assert "was taken in before" in uploaded(alert(area=place).encode()).text
    assert visitor.send("/warnings/cap", "/warnings").status_code == 422
    monkeypatch.setattr(commands, "opened", lambda: weather.installation)
    file = tmp_path / "w2.xml"
    file.write_text(alert(identifier="w2", event="暴雨", area=place), "utf-8")
    done = CliRunner().invoke(commands.warnings, ["import", str(file)])
    assert done.exit_code == 0 and "issued" in done.output, done.output
    file.write_text(alert(status="Test"), "utf-8")
    bad = CliRunner().invoke(commands.warnings, ["import", str(file)])
    assert bad.exit_code == 1 and "status Test" in bad.output
