"""The register of risks: assessed, watched, drilled, reviewed, and all of it on record (R12)."""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from command.core import clock
from command.core.installation import Installation
from command.core.paths import CONFIG
from command.risks import export, imports, register
from command.risks.rating import Level, level, months_after
from tests.conftest import Time
from tests.improvement.conftest import Works

API = "/api/v1/risks"
pytestmark = pytest.mark.proves("R12")
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


class Register(Works):
    def added(self, code: str = "bridge", **fields: Any) -> dict[str, Any]:
        answer = self.post("dou", f"{API}?lang=en", **facts(code=code, **fields))
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json
        return found

    def act(self, code: str, verb: str, by: str = "dou", **body: Any) -> dict[str, Any]:  # type: ignore[override]
        answer = self.post(by, f"{API}/{code}/actions/{verb}?lang=en", **body)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def wrong(self, code: str, verb: str, by: str = "dou", **body: Any) -> dict[str, Any]:
        answer = self.post(by, f"{API}/{code}/actions/{verb}?lang=en", **body)
        assert 400 <= answer.status_code < 500, answer.text
        return {"status": answer.status_code, **answer.json}

    def drill(self, **what: Any) -> list[str]:
        def work(session: Any) -> list[str]:
            return [risk.code for risk in register.drilled(session, clock.now(session), **what)]

        found: list[str] = self.do(work)
        return found


def facts(**fields: Any) -> dict[str, Any]:
    said = {"name_en": "One bridge, two cables", "kind": "network_fault", "areas": ["8001"], "owner": "eng"}
    return {**said, "likelihood": 3, "impact": 5, **fields}


@pytest.fixture
def house(installation: Installation, time: Time) -> Register:
    return Register(installation).opened(time)  # type: ignore[return-value]


def test_levels_and_months() -> None:
    assert [level(*cell) for cell in ((1, 4), (2, 3), (2, 5), (3, 5), (5, 5))] == [
        *(Level.LOW, Level.MEDIUM, Level.HIGH),
        *(Level.SEVERE, Level.SEVERE),
    ]
    assert months_after(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert months_after(date(2026, 12, 1), 1) == date(2027, 1, 1)


def test_a_risk_is_assessed_anew_reviewed_and_its_history_is_on_record(house: Register) -> None:
    first = house.added(measures=[{"words": "Third route", "owner": "ops", "due_on": "2020-01-01"}])
    assert (first["level"], first["residual_level"], first["name_zh"]) == ("severe", "severe", "One bridge, two cables")
    assert first["measures"][0]["late"] is True and first["reviewed_on"] == house.today().isoformat()
    after = house.act("bridge", "change", **facts(residual_likelihood=1, impact=4, words_en="Works begin"), version=1)
    assert (after["level"], after["residual_level"], after["version"]) == ("high", "low", 2)
    assert house.wrong("bridge", "change", **facts(), version=1)["status"] == 409
    house.at(9, 400)
    assert [each["code"] for each in house.get("ada", f"{API}?overdue=1").json["items"]] == ["bridge"]
    house.act("bridge", "review", words="Looked at the works")
    found = house.get("ada", f"{API}/bridge").json
    assert (found["review_overdue"], found["drill_overdue"]) == (False, True)
    figures = house.get("ada", API).json["figures"]
    assert figures == {"risks": 1, "severe": 0, "signs": 0, "review_overdue": 0, "drill_overdue": 1}
    kinds = [line["kind"].removeprefix("risk.") for line in found["history"]]
    assert kinds == ["added", "assessed", "changed", "reviewed"]
    assert found["history"][3]["said"] == "Looked at the works"


def test_a_drill_is_known_to_the_risks_it_drills_once(house: Register) -> None:
    house.added("named", scenarios=["two-cables"], plan="network_fault")
    house.added("planned", plan="network_fault")
    house.added("kind", kind="complaint_surge")
    house.added("retired", plan="network_fault")
    house.act("retired", "turn", state="retired", reason="gone")
    assert house.drill(scenario="other", playbooks=["network_fault"], subject="network_fault") == ["planned"]
    assert house.drill(scenario="two-cables", playbooks=["network_fault"]) == ["named"]
    assert house.drill(subject="complaint", drill="D-1") == ["kind"]
    assert house.drill(scenario="two-cables") == []
    house.at(9, 1)
    assert house.drill(scenario="two-cables") == ["named"]
    found = house.get("ada", f"{API}/named").json
    assert found["drilled_on"] == house.today().isoformat() and not found["drill_overdue"]
    assert [line["kind"] for line in found["history"]].count("risk.drilled") == 2


@ONE
def test_the_sign_is_there_tells_the_owner_once_and_may_be_said_by_whoever_reports(house: Register) -> None:
    house.added(sign_en="Excavators on the bridge")
    assert house.post("aud", f"{API}/bridge/actions/sign").status_code == 403
    assert house.act("bridge", "sign", by="kef", words="Seen from the bus")["sign_at"]
    house.act("bridge", "sign", words="Two of them")
    said = house.texts("eng", "early-warning sign")
    assert len(said) == 1 and "Excavators on the bridge" in said[0] and "One bridge" in said[0]
    assert house.get("ada", API).json["figures"]["signs"] == 1
    assert house.act("bridge", "calm", words="Gone home")["sign_at"] is None
    assert house.wrong("bridge", "calm")["status"] == 409
    assert house.wrong("bridge", "calm", by="kef")["status"] == 403


@ONE
def test_a_risk_occurs_with_its_incident_and_retires_with_a_reason(house: Register) -> None:
    house.added()
    secret = house.report("ada", kind="information_security", restricted=True, elements=["CELL-1"])["number"]
    assert house.wrong("bridge", "turn", state="occurred")["field"] == "incident"
    assert house.wrong("bridge", "turn", state="occurred", incident="1999-0101-001")["field"] == "incident"
    assert house.wrong("bridge", "turn", by="tra", state="occurred", incident=secret)["field"] == "incident"
    house.act("bridge", "turn", state="watched")
    assert house.act("bridge", "turn", by="ada", state="occurred", incident=secret)["incident"] == secret
    assert secret not in house.get("ops", f"{API}/bridge").text
    assert house.wrong("bridge", "turn", state="retired")["field"] == "reason"
    house.act("bridge", "turn", state="retired", reason="A third route is built")
    assert house.wrong("bridge", "turn", state="watched")["status"] == 409
    assert house.get("ada", API).json["items"] == []
    assert house.wrong("bridge", "sign")["status"] == 409
    assert house.act("bridge", "turn", state="open")["state"] == "open"


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"name_en": ""}, "name_zh"),
    ({"likelihood": 6}, "likelihood"),
    ({"residual_impact": 6}, "residual_impact"),
    ({"impact": 2, "residual_impact": 3}, "residual_impact"),
    ({"areas": ["9999"]}, "areas"),
    ({"areas": []}, "areas"),
    ({"elements": ["NOTHING"]}, "elements"),
    ({"kind": "meteor"}, "kind"),
    ({"plan": "nothing"}, "plan"),
    ({"owner": "nobody"}, "owner"),
    ({"code": "new"}, "code"),
    ({"code": "No Code"}, "code"),
    ({"measures": [{"words": "x", "owner": "nobody"}]}, "measures"),
    ({"reviewed_on": "2999-01-01"}, "reviewed_on"),
    ({"drill_months": 99}, "drill_months"),
    ({"colour": "red"}, "colour"),
]


@ONE
def test_what_cannot_be_kept_names_its_field_and_the_remedy(house: Register) -> None:
    for fields, field in WRONG:
        answer = house.post("dou", f"{API}?lang=en", **{**facts(code="wrong"), **fields})
        assert answer.status_code == 422, answer.text
        assert field in (answer.json.get("field"), *(each["field"] for each in answer.json.get("errors", ())))
    house.added()
    assert house.post("dou", API, **facts(code="bridge")).status_code == 409
    assert house.post("eng", API, **facts(code="other")).status_code == 403
    assert house.get("dou", f"{API}/nothing").status_code == 404
    assert house.act("bridge", "change", **facts(words_en="call 13800138000"))["words"] == "call 138****8000"


@ONE
def test_a_file_taken_away_and_brought_in_again_changes_nothing_and_bad_rows_are_named(
    house: Register, tmp_path: Path
) -> None:
    house.added(measures=[{"words": "Third route", "owner": "ops", "due_on": "2027-01-31"}], name_zh="=桥上双缆")
    file = tmp_path / "risks.csv"
    with house.database.read() as session, file.open("w", encoding="utf-8", newline="") as out:
        assert export.write(session, out) == 1
    text = file.read_text("utf-8")
    assert "'=桥上双缆" in text
    before = house.get("ada", f"{API}/bridge").json
    assert imports.risks(house.database, file).kept == 1
    assert house.get("ada", f"{API}/bridge").json == before
    head = "code,name_en,kind,areas,likelihood,impact,owner,measures,reviewed_on\n"
    rows = (
        "a,A,network_fault,8001,3,3,eng,x | ops | tomorrow,",
        "b,B,network_fault,8001,x,3,eng,,",
        "c,C,network_fault,",
    )
    more = (
        "d,D,network_fault,8001,3,3,nobody,,",
        "e,E,network_fault,8001;8002,3,3,eng,,2026-01-31",
        "f,F,network_fault,8001,9,3,eng,,",
    )
    file.write_text(head + "\n".join((*rows, *more)), "utf-8")
    outcome = imports.risks(house.database, file)
    assert (outcome.kept, outcome.bad) == (1, 5) and outcome.errors
    errors = outcome.errors.read_text("utf-8-sig")
    fields = [line.split(",")[:2] for line in errors.splitlines()[1:]]
    assert sorted(map(tuple, fields)) == [
        *(("2", "measures"), ("3", "likelihood"), ("4", "row")),
        *(("5", "owner"), ("7", "likelihood")),
    ]
    assert house.get("ada", f"{API}/e").json["reviewed_on"] == "2026-01-31"


def test_ten_risks_come_with_the_demo_and_one_is_overdue() -> None:
    with (CONFIG / "demo" / "risks.csv").open(encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 10 and all(
        row["name_zh"] and row["name_en"] and row["sign_zh"] and row["sign_en"] for row in rows
    )
    assert [row["code"] for row in rows if row["reviewed_on"]] == ["ddos"], (
        "the others are reviewed when they are loaded"
    )
