"""Capability is assessed against a standard, by ourselves and by a third party, with evidence and figures, and stays as it was (R36)."""

import io
from typing import Any

import pytest
from sqlalchemy import select

from command.capability.models import CapabilityRating
from command.capability.standard import current
from command.core.installation import Installation
from command.core.journal import Entry
from command.incidents.models import Incident
from tests.conftest import Time
from tests.improvement.conftest import Works

API = "/api/v1/capability"
ONE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
pytestmark = pytest.mark.proves("R36")


class Assessors(Works):
    """Staff who assess, over the API."""

    def begun(self, **fields: Any) -> int:
        year = self.today().year
        body = {"name": f"Year {year}", "first_on": f"{year}-01-01", "last_on": f"{year}-12-31", **fields}
        answer = self.post("dou", f"{API}?lang=en", **body)
        assert answer.status_code == 201, answer.text
        found: int = answer.json["id"]
        return found

    def agreement(self) -> int:
        body = {
            "party": "Bureau of Tests",
            "person": "Gu Wen",
            "signed_on": self.ahead(-1),
            "valid_until": self.ahead(90),
        }
        answer = self.post("sec", "/api/v1/confidentiality?lang=en", **body)
        assert answer.status_code == 201, answer.text
        found: int = answer.json["id"]
        return found

    def rates(self, number: int, level: int | None = 2, by: str = "dou", **only: Any) -> Any:
        """Rate items: those of `only` by level, else all of them at one level with the same words."""
        given = only or {item.code: level for item in current().items()}
        ratings = [{"item": code, "level": each, "words": "as the list shows"} for code, each in given.items()]
        return self.post(by, f"{API}/{number}/actions/rate?lang=en", ratings=ratings)

    def act_on(self, number: int, verb: str, by: str = "dou", **body: Any) -> Any:
        return self.post(by, f"{API}/{number}/actions/{verb}?lang=en", **body)

    def finished(self, level: int = 2, **fields: Any) -> int:
        number = self.begun(**fields)
        assert self.rates(number, level).status_code == 200
        answer = self.act_on(number, "finish")
        assert answer.status_code == 200, answer.text
        return number

    def whole(self, number: int, by: str = "dou") -> dict[str, Any]:
        answer = self.get(by, f"{API}/{number}?lang=en")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    def item(self, number: int, code: str) -> dict[str, Any]:
        return next(each for each in self.whole(number)["items"] if each["code"] == code)

    def figure(self, number: int, code: str) -> tuple[int, int | None]:
        found = [each for item in self.whole(number)["items"] for each in item["figures"] if each["code"] == code]
        return found[0]["good"], found[0]["of"]

    def import_file(self, number: int, text: str | bytes, by: str = "dou") -> Any:
        body = text if isinstance(text, bytes) else text.encode()
        data = {"file": (io.BytesIO(body), "report.csv")}
        return self.ask(by, "POST", f"{API}/{number}/actions/import?lang=en", data=data)


@pytest.fixture
def house(installation: Installation, time: Time) -> Assessors:
    return Assessors(installation).opened(time)  # type: ignore[return-value]


def test_an_assessment_is_rated_finished_and_then_changes_no_more(house: Assessors) -> None:
    number = house.begun()
    assert house.rates(number, 3).json["score"] == 75.0
    early = house.begun(name="Half")
    assert house.rates(early, groups=4, authority=1).status_code == 200
    refused = house.act_on(early, "finish")
    assert refused.status_code == 409 and "27 items are not rated yet" in refused.json["detail"]
    done = house.act_on(number, "finish").json
    assert (done["state"], done["score"], done["unrated"], done["sealed"]) == ("finished", 75.0, 0, True)
    for refused in (house.rates(number, 4), house.act_on(number, "finish"), house.act_on(number, "drop", reason="x")):
        assert refused.status_code == 409 and "nothing in it changes any more" in refused.json["detail"]
    with house.database.read() as session:
        mine = select(Entry.kind).where(Entry.stream_id == f"capability:{number}").order_by(Entry.seq)
        told = session.scalars(mine).all()
    assert told[0] == "capability.begun" and told[-1] == "capability.finished"
    assert told.count("capability.rated") == len(list(current().items()))

    def tamper(session: Any) -> None:
        row = session.scalar(
            select(CapabilityRating).where(CapabilityRating.assessment_id == number, CapabilityRating.item == "groups")
        )
        row.level = 4

    house.do(tamper)
    assert house.whole(number)["sealed"] is False, "a change behind the back of the journal shows"


def test_the_trend_compares_with_the_finished_one_before_of_the_same_sort(house: Assessors) -> None:
    year = house.today().year
    first = house.finished(1, first_on=f"{year - 1}-01-01", last_on=f"{year - 1}-12-31")
    other = house.begun(
        sort="third_party", agreement=house.agreement(), first_on=f"{year - 1}-02-01", last_on=f"{year}-01-31"
    )
    assert house.rates(other, 4).status_code == 200 and house.act_on(other, "finish").status_code == 200
    second = house.begun()
    assert house.rates(second, 2).status_code == 200
    found = house.whole(second)
    assert (found["before"], found["before_score"], found["score"]) == (first, 25.0, 50.0)
    assert {(each["score"], each["before"]) for each in found["domains"]} == {(50.0, 25.0)}
    listed = house.get("aud", API).json["items"]
    assert [each["id"] for each in listed] == [second, other, first]


@ONE
def test_a_level_needs_evidence_and_records_are_such_as_an_outsider_may_read(house: Assessors) -> None:
    number = house.begun()

    def rate(**rating: Any) -> Any:
        return house.act_on(number, "rate", ratings=[{"item": "groups", **rating}])

    refused = rate(level=2)
    assert refused.status_code == 422 and refused.json["field"] == "words-groups"
    assert rate(level=0).status_code == 200 and rate(level=5).status_code == 422
    assert rate(applies=False).status_code == 422 and rate(applies=False, words="no groups here").status_code == 200
    assert house.act_on(number, "rate", ratings=[{"item": "moon", "level": 1}]).json["field"] == "item"
    open_one = house.report("dou", elements=["CELL-1"])["number"]
    secret = house.report("sec", elements=["CELL-5"])["number"]

    def restrict(session: Any) -> None:
        session.scalar(select(Incident).where(Incident.number == secret)).restricted = True

    house.do(restrict)
    for link in (f"incident:{secret}", "incident:EM-0", "drill:none", "plan:none", "action:999", "moon:1", "risk:"):
        refused = rate(level=1, links=[link])
        assert refused.status_code == 422 and refused.json["field"] == "links-groups", link
    kept = rate(level=1, links=[f"incident:{open_one}", "plan:network_fault"]).json
    item = next(each for each in kept["items"] if each["code"] == "groups")
    assert [each["kind"] for each in item["records"]] == ["incident", "plan"]
    stale = rate(level=3, words="mine", version=item["version"] - 1)
    assert stale.status_code == 409 and "Somebody has rated" in stale.json["detail"]

    def hide(session: Any) -> None:
        session.scalar(select(Incident).where(Incident.number == open_one)).restricted = True

    house.do(hide)
    assert open_one not in house.get("dou", f"{API}/{number}").text, "a record restricted later is named no more"


def test_figures_leave_out_exercises_and_restricted_incidents_and_are_kept_when_it_is_finished(
    house: Assessors,
) -> None:
    number = house.begun()
    base = house.figure(number, "clocks_met")
    plain = house.report("dou", elements=["CELL-1"])["number"]
    house.act("dou", plain, "assess")
    house.act("dou", plain, "activate")
    seen = house.figure(number, "response_in_time")
    assert seen == (1, 1) and house.figure(number, "clocks_met") != base
    drill = house.report("tra", elements=["CELL-3"], exercise=True)["number"]
    house.act("dou", drill, "assess")
    house.act("dou", drill, "activate")
    assert house.figure(number, "response_in_time") == seen
    house.given(days=2)
    assert house.figure(number, "actions_late") == (0, None)
    house.at(9, days=4)
    assert house.figure(number, "actions_late") == (1, None)
    assert house.rates(number).status_code == 200 and house.act_on(number, "finish").status_code == 200

    def restrict(session: Any) -> None:
        session.scalar(select(Incident).where(Incident.number == plain)).restricted = True

    house.do(restrict)
    assert house.figure(number, "response_in_time") == seen, "what was counted then stays"
    assert house.figure(house.begun(name="Later"), "response_in_time") == (0, 0)


@pytest.mark.proves("R37")
@ONE
def test_a_third_party_assesses_under_confidentiality_and_its_file_is_kept_with_its_hash(house: Assessors) -> None:
    refused = house.post(
        "dou", f"{API}?lang=en", name="TP", sort="third_party", first_on="2026-01-01", last_on="2026-12-31"
    )
    assert refused.status_code == 422 and refused.json["field"] == "agreement"
    number = house.begun(sort="third_party", agreement=house.agreement())
    assert house.whole(number)["assessor"] == "Bureau of Tests"
    codes = [item.code for item in current().items()]
    bad = "item,level,words\n" + "groups,9,\nmoon,1,x\ngroups,1,x\n"
    refused = house.import_file(number, bad)
    assert refused.status_code == 422
    assert [each["field"] for each in refused.json["errors"]] == ["2:level", "3:item", "4:item"]
    for text in ("", "a,b\n1,2\n", b"\xff\xfe\x00", "item,level\n", '"', "item,level\n\0,1\n"):
        assert house.import_file(number, text).status_code == 422
    assert house.whole(number)["unrated"] == len(codes), "a file with a fault counts for nothing"
    good = "\ufeffitem,level,words\n" + "".join(f"{code},3,seen on site\n" for code in codes)
    answer = house.import_file(number, good)
    assert answer.status_code == 200 and answer.json["score"] == 75.0 and len(answer.json["sha256"]) == 64
    file = house.get("aud", f"{API}/{number}/file")
    assert file.data.decode() == good and "attachment" in file.headers["Content-Disposition"]
    own = house.begun(name="Own")
    assert house.import_file(own, good).status_code == 409
    assert house.get("aud", f"{API}/{own}/file").status_code == 404


@ONE
def test_an_export_reads_back_as_a_file_and_leaves_a_line(house: Assessors) -> None:
    number = house.begun(sort="third_party", agreement=house.agreement())
    assert house.rates(number, groups=2).status_code == 200
    said = house.act_on(number, "rate", ratings=[{"item": "duty", "level": 1, "words": "=1+1"}])
    assert said.status_code == 200
    copy = house.get("aud", f"{API}/{number}/export/csv?language=en")
    assert copy.status_code == 200 and "'=1+1" in copy.text and "Emergency groups of every echelon" in copy.text
    other = house.begun(name="Again", sort="third_party", agreement=house.agreement())
    assert house.import_file(other, copy.data).status_code == 200
    assert house.item(other, "duty")["words"] == "=1+1" and house.item(other, "groups")["level"] == 2
    paper = house.get("aud", f"{API}/{number}/export/pdf?language=zh")
    assert paper.data.startswith(b"%PDF") and house.get("aud", f"{API}/{number}/export/doc").status_code == 404
    kinds = [line["kind"] for line in house.whole(number)["history"]]
    assert kinds.count("capability.exported") == 2


@ONE
def test_a_weak_item_brings_an_improvement_action_also_once_it_is_finished(house: Assessors) -> None:
    number = house.begun()
    house.rates(number, 3)
    house.rates(number, command=0, groups=1)
    assert house.whole(number)["weak"] == ["command", "groups"]
    assert house.act_on(number, "finish").status_code == 200
    address = f"{API}/{number}/items/command/actions/improve?lang=en"
    body = {"title": "Write decisions down", "owner": "eng", "due_on": house.ahead(30)}
    assert house.post("dou", address, **body | {"owner": "nobody"}).json["field"] == "owner"
    assert house.post("dou", address, **body).status_code == 200
    action = house.item(number, "command")["action"]
    assert house.one(action["id"])["title"] == "Write decisions down"
    twice = house.post("dou", address, **body)
    assert twice.status_code == 409 and "has an improvement action already" in twice.json["detail"]
    assert house.whole(number)["sealed"] is True
    assert house.post("dou", address.replace("command", "moon"), **body).status_code == 404
    assert house.post("aud", address, **body).status_code == 403


@ONE
def test_periods_that_cannot_be_are_refused_and_a_draft_is_given_up_with_a_reason(house: Assessors) -> None:
    for first, last in (("2026-02-01", "2026-01-01"), ("2001-01-01", "2026-01-01"), ("2026-01-01", "2999-01-01")):
        refused = house.post("dou", f"{API}?lang=en", name="X", first_on=first, last_on=last)
        assert refused.status_code == 422 and refused.json["field"] == "last_on"
    assert house.post("dou", API, name=" ", first_on="2026-01-01", last_on="2026-02-01").status_code == 422
    assert house.get("dou", f"{API}/999").status_code == house.get("dou", f"{API}/{2**70}").status_code == 404
    number = house.begun()
    assert house.act_on(number, "drop", reason=" ").status_code == 422
    assert house.act_on(number, "drop", reason="begun twice").json["state"] == "dropped"
    assert number not in [each["id"] for each in house.get("dou", API).json["items"]]
