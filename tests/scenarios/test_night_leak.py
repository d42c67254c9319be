"""The night of a leak: customer records are for sale, and only those who are named know it until it is settled."""

import hashlib
import io
from typing import Any

import pytest

from playbooks.content import has_link
from tests.scenarios.command_post import Post
from tests.scenarios.databases import POSTGRESQL_FIRST

OUTSIDERS = ("dou", "pre", "cou", "aud", "adm", "tra", "ops")
NAMED = {"sec", "ada", "dep", "eng", "kef"}
LOG = b"02:11 GET /export?all=1 from 10.0.0.7\n"


def secure(post: Post, by: str, number: str, what: str, **body: Any) -> Any:
    return post.ok(post.post(by, f"/api/v1/incidents/{number}/security{what}", **body))


def standing(post: Post, number: str) -> Any:
    return post.ok(post.get("ada", f"/api/v1/incidents/{number}/security?lang=en"))


def upload(post: Post, by: str, number: str, what: str, name: str, body: bytes, **fields: str) -> Any:
    """A file as its page sends it."""
    form = {"file": (io.BytesIO(body), name), **fields}
    return post.ask(by, "POST", f"/incidents/{number}/security/{what}", data=form)


def nobody_else_knows(post: Post, number: str) -> None:
    """Nothing that an outsider or the public can open shows that there is anything."""
    lists = ("/api/v1/incidents", "/board", "/board/part/decisions", "/archive?text=sale", "/api/v1/settlement")
    for outsider in OUTSIDERS:
        assert post.get(outsider, f"/incidents/{number}").status_code == 404, outsider
        assert post.get(outsider, f"/api/v1/incidents/{number}").status_code == 404, outsider
    for address in lists:
        page = post.get("dou", address)
        assert page.status_code == 200 and number not in page.text, address
    assert post.get("dou", "/api/v1/incidents").get_json()["items"] == []
    status = post.client().get("/status.json").get_json()
    stands = str(
        {name: said for name, said in status.items() if name != "advice"}
    )  # which is of plans, whatever happens
    assert "outage" not in stands and "degradation" not in stands
    assert not any(word in post.client().get("/status").text for word in (number, "安全事件", "ecurity incident"))


@POSTGRESQL_FIRST
@pytest.mark.proves("R6", "R25", "R31", "R32", "R33", "R37")
def test_a_leak_from_the_first_sign_to_its_settlement(post: Post) -> None:
    post.at("01:20")
    number = post.report(
        "sec",
        kind="information_security",
        area="80",
        summary="customer records are for sale",
        records_leaked=1_200_000,
        feedback="a forum offers them",
        measures="the export interface is shut",
    )["number"]
    seen = post.see(number)
    assert (seen["tier"], seen["restricted"], seen["state"]) == (2, True, "reported")
    assert {each["person"]["username"] for each in standing(post, number)["names"]} == NAMED
    nobody_else_knows(post, number)
    respond(post, number)
    keep_evidence(post, number)
    inform_the_regulator(post, number)
    told = tell_those_concerned(post, number)
    contain(post, number)
    restore(post, number, told)
    settle_and_close(post, number)
    nobody_else_knows(post, number)
    assert post.verifies()


def respond(post: Post, number: str) -> None:
    """The plan starts, the right people are called, the flow of a leak is chosen with its tasks."""
    post.act("ada", number, "facts", scope_known=True)
    assert met(post, number, "report-to-centre")
    post.act("ada", number, "assess")
    seen = post.act("ada", number, "activate")
    assert {task["department"] for task in seen["tasks"]} == {"technical", "customer_service", "security", "operations"}
    post.engine()
    for username in ("sec", "ada"):
        assert any(number in text for text in post.texts(username))
        assert "cknowledged" in post.acknowledge(username)
        assert "on scene" in post.reply(username, "on site")
    assert any("Report upward" in text for text in post.texts("ada")), "a day is planned, eight hours are allowed"
    assert not any(post.texts(outsider) for outsider in OUTSIDERS)
    post.later(minutes=5)
    steps = secure(post, "ada", number, "/flow", flow="leak")["steps"]
    assert [step["code"] for step in steps][:2] == ["contain", "preserve"] and len(steps) == 8
    assert {"leak_close_exit", "leak_revoke_access", "leak_take_down"} <= {t["code"] for t in post.see(number)["tasks"]}


def keep_evidence(post: Post, number: str) -> None:
    """The log is taken into custody, goes from hand to hand, and is still what it was."""
    taken = upload(post, "sec", number, "evidence", "access.log", LOG, description="the access log", place="server 3")
    assert taken.status_code == 303, taken.text
    secure(post, "sec", number, "/evidence/1/hand", person="eng", place="room 4")
    secure(post, "eng", number, "/evidence/1/accept")
    assert secure(post, "eng", number, "/evidence/1/check") == {"ok": True}
    (item,) = standing(post, number)["evidence"]
    assert item["sha256"] == hashlib.sha256(LOG).hexdigest() and item["keeper"]["username"] == "eng"
    assert [link["act"] for link in item["custody"]] == ["taken", "handed", "accepted", "checked"]
    out = f"/api/v1/incidents/{number}/security/evidence/1/give-out"
    assert post.post("eng", out, agreement=1).status_code == 422, "nobody outside has signed anything"
    today = str(post.time.now().date())
    paper = {"party": "Forensics Ltd", "person": "Wu Fei", "signed_on": today, "valid_until": "2099-01-01"}
    signed = post.ok(post.post("eng", "/api/v1/confidentiality", **paper, sha256="ab" * 32))["id"]
    post.ok(post.post("eng", out, agreement=signed, place="their laboratory"))
    secure(post, "eng", number, "/evidence/1/take-back")
    secure(post, "sec", number, "/steps/preserve", state="done")


def inform_the_regulator(post: Post, number: str) -> None:
    """The engine drafts the first report in time; only recipients who are cleared get it, and the regulator's clock stops."""
    post.at("02:00")
    post.engine()
    first = post.bulletin(number, "first", "kef", "ada")
    assert {copy["recipient"]: copy["state"] for copy in first["copies"]} == {"ministry": "sent", "regulator": "sent"}
    assert set(post.mailed()) == {"group@example.net", "cca@example.net"}
    assert met(post, number, "cn-inform-1h")


def met(post: Post, number: str, code: str) -> bool:
    clock = post.clock(number, code)
    return clock["met_at"] is not None and clock["state"] == "met"


def tell_those_concerned(post: Post, number: str) -> set[str]:
    """A list with bad rows; a decision by who commands; a notice by a second person to exactly those on the list; their numbers."""
    post.at("03:30")
    customers = list(post.customers("CELL-1", "CELL-4"))
    concerned = {customers[0], customers[3], customers[-1]}
    rows = "".join(f"{each}\n" for each in sorted(concerned))
    errors = upload(post, "sec", number, "concerned", "list.csv", f"number\n{rows}no number\n".encode(), errors="1")
    assert errors.text.splitlines()[1:] == ["5,no phone number"]
    assert standing(post, number)["concerned"] == 3 and post.see(number)["records_leaked"] == 1_200_000
    said = {"tell": True, "reason": "their bank details are among what was offered"}
    assert post.post("eng", f"/api/v1/incidents/{number}/security/decision", **said).status_code == 403
    decided = secure(post, "ada", number, "/decision", **said)["decision"]
    assert (decided["decided_by"]["username"], decided["concerned"]) == ("ada", 3)
    notice = post.ok(post.get("ada", f"/api/v1/notices/{decided['notice']}"))
    assert (notice["state"], notice["audience"]) == ("submitted", 3) and not has_link(str(notice["texts"]))
    own = post.post("ada", f"/api/v1/notices/{notice['id']}/actions/approve", count=3)
    assert own.status_code == 403, "a second person approves it"
    assert post.phones_of_customers() == {}
    assert post.tell(number, "first", "dep")["counts"] == {"delivered": 3}
    phones = post.phones_of_customers()
    assert set(phones) == concerned
    assert all(len(texts) == 1 and not has_link(texts[0]) for texts in phones.values())
    return concerned


def contain(post: Post, number: str) -> None:
    """It is over when it is contained; nobody's word takes its place while a containment task is open."""
    post.at("04:50")
    brief = post.bulletin(number, "follow_up", "kef", "ada")
    assert brief["answers"] == ["regulator_informed", "regulator_brief_sent"] and met(post, number, "cn-brief-4h")
    assert "not everything is contained" in post.why_not("ada", number, "restore", evidence="it is all quiet")
    risky = f"/api/v1/incidents/{number}/tasks/isolate_systems/actions/done"
    post.ok(post.post("sec", f"/api/v1/incidents/{number}/tasks/secure_evidence/actions/done"))
    assert post.post("eng", risky).status_code == 409, "first a backup and the way back"
    post.finish_tasks(number, "ada")
    for step in ("contain", "assess", "report", "eradicate", "recover"):
        secure(post, "ada", number, f"/steps/{step}", state="done")


def restore(post: Post, number: str, told: set[str]) -> None:
    """Containment is the evidence; the all-clear goes to exactly those who were told, and the repair is watched for two days."""
    post.at("08:30")
    assert post.act("ada", number, "restore")["state"] == "restored"
    (restored,) = [line for line in post.journal(number) if line["kind"] == "incident.restored"]
    assert restored["data"]["evidence"] == "containment"
    assert "all_clear" not in [each["kind"] for each in post.listed(number)], "nobody is told automatically"
    post.write(number, "all_clear", "ada")
    post.tell(number, "all_clear", "dep")
    phones = post.phones_of_customers()
    assert set(phones) == told and all(len(texts) == 2 and not has_link(texts[0]) for texts in phones.values())
    final = post.bulletin(number, "final", "kef", "ada")
    assert final["state"] == "approved" and met(post, number, "cn-report-24h")
    assert "observ" in post.why_not("ada", number, "review")
    post.later(hours=48)
    post.engine()


def settle_and_close(post: Post, number: str) -> None:
    """The review is written, the four consequences are settled, and only then it closes."""
    said = {"cause": "an interface without a limit", "effect": "contained in 7 h", "improvements": "limit every export"}
    assert post.act("ada", number, "review", **said)["state"] == "reviewing"
    secure(post, "sec", number, "/steps/review", state="done")
    assert "settled" in post.why_not("ada", number, "close")
    left = post.to_settle(number, "ada")
    assert {each["sort"] for each in left.values()} == {"compensation", "data_recovery", "regulator", "accountability"}
    post.settle(number, "data_recovery", "ada", words="compared with the backup of the evening")
    post.settle(number, "regulator_report", "dep", words="the closing report", reference="2026-114")
    post.settle(number, "accountability", "ada", words="the contractor's contract was ended")
    post.settle(number, "compensation", "kef", words="a year of credit monitoring", amount="900", people=3)
    assert post.act("ada", number, "close")["state"] == "closed"
    kinds = post.kinds(number)
    assert kinds.count("security.telling") == 1 and "restricted.marked" not in kinds
    sent = [(each["kind"], each["automatic"]) for each in post.listed(number) if each["approved_at"]]
    assert sent == [("all_clear", False), ("first", False)]
