"""A report to the regulator from the incident to the submission: filled in, written, refused while something is missing, frozen."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
from docx import Document
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from command.filings import content
from command.filings.models import Filing
from tests.conftest import Time
from tests.filings.conftest import Office

sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.proves("R33", "R5")
@sqlite
def test_a_report_is_filled_from_the_incident_refused_while_a_field_is_missing_and_submitted_by_another(
    office: Office, time: Time
) -> None:
    number = office.grave()
    found = office.of(number)
    assert found["reportable"] and [rule["rule"] for rule in found["rules"] if rule["now"]] == ["cn-grave"]
    brief = office.owed(number, "cn-brief")
    assert brief["standing"] == "owed" and brief["due_at"] == office.clock(number, "cn-brief-4h")["due_at"]
    preview = office.filing(number, "cn-brief")
    assert (preview["state"], preview["version"]) == (None, 0) and preview["missing"] == ["occurred_at"]
    row = office.ok(office.write(number, "cn-brief", help="Two generators, call 13800138000"))
    values = {field["key"]: field["value"] for field in row["fields"]}
    assert values["users_peak"] == "20" and values["measures"] == "crew sent" and values["area"] == "Meijiang"
    assert values["help"] == "Two generators, call 138****8000"
    submission = {"version": row["version"], "reference": "MIIT-7"}
    refused = office.verb(number, "cn-brief", "submit", **submission)
    assert (refused.status_code, refused.json["code"]) == (422, "fields-missing")
    assert [each["field"] for each in refused.json["errors"]] == ["occurred_at"]
    assert "occurred" in refused.json["errors"][0]["detail"] and refused.json["errors"][0]["remedy"]
    at = (office.now() - timedelta(minutes=10)).isoformat()
    row = office.ok(office.write(number, "cn-brief", row["version"], occurred_at=at))
    submission["version"] = row["version"]
    own = office.verb(number, "cn-brief", "submit", by="dou", **submission)
    assert own.status_code == 403
    assert office.verb(number, "cn-brief", "submit", **{**submission, "reference": " "}).json["field"] == "reference"
    for wrong in (office.later(hours=1), (office.now() - timedelta(days=1)).isoformat()):
        assert office.verb(number, "cn-brief", "submit", **submission, at=wrong).json["field"] == "at"
    time.forward(minutes=20)
    sent = (office.now() - timedelta(minutes=5)).isoformat()
    done = office.ok(office.verb(number, "cn-brief", "submit", **submission, at=sent))
    assert (done["state"], done["reference"], done["sound"]) == ("submitted", "MIIT-7", True)
    met = office.clock(number, "cn-brief-4h")["met_at"]
    assert met == done["submitted_at"] and office.clock(number, "cn-inform-1h")["met_at"] is None
    stands = office.owed(number, "cn-brief")
    assert (stands["standing"], stands["done_by"], stands["was_late"]) == ("done", "filing", False)
    kinds = [kind for kind in office.kinds(number) if kind.startswith("filing.")]
    assert kinds == ["filing.drafted", "filing.written", "filing.written", "filing.submitted"]
    entry = next(line for line in office.journal(number) if line["kind"] == "filing.submitted")
    assert "MIIT-7" in str(entry) and done["digest"] in str(entry) and "书面简报" in str(entry)
    assert office.write(number, "cn-brief", done["version"], help="x").status_code == 409


@pytest.mark.proves("R33")
@sqlite
@pytest.mark.parametrize("profile", ["us"])
def test_the_fcc_gets_a_notification_and_a_final_report_once_the_causes_are_known(office: Office, time: Time) -> None:
    number = office.grave(2, occurred_at=(office.now() - timedelta(minutes=5)).isoformat())
    assert office.of(number)["rules"] == [], "twenty users are no 900,000 user-minutes"
    assert office.owed(number, "us-notification")["standing"] == "owed", "a clock of the regulator runs by the tier"
    office.sized(number, users_now=30_000, users_peak=30_000)
    time.forward(minutes=25)
    (rule,) = office.of(number)["rules"]
    assert (rule["rule"], rule["now"]) == ("us-900k-user-minutes", True), "exactly 30 minutes and 900,000 user-minutes"
    office.submitted(number, "us-notification")
    assert office.clock(number, "us-notification-120min")["met_at"] is not None
    words = {"description": "A cable was cut", "prevention": "Second route", "attested_by": "Ada, director"}
    row = office.ok(office.write(number, "us-final", **words))
    assert row["missing"] == ["restored_at", "root_cause", "cause"]
    early = office.verb(number, "us-final", "submit", version=row["version"], reference="R")
    assert {each["field"] for each in early.json["errors"]} == {"restored_at", "root_cause", "cause"}
    office.act("ada", number, "restore", evidence="test calls succeed")
    office.sized(number, root_cause="human_error", cause="construction_damage", third_party=True)
    fresh = office.ok(office.verb(number, "us-final", "refresh", by="dou", version=row["version"]))
    assert fresh["missing"] == [] and fresh["fields"][11]["written"] == "A cable was cut"
    values = {field["key"]: field["value"] for field in fresh["fields"]}
    assert values["cause"] == "damage by construction works" and values["third_party"] == "yes"
    done = office.ok(office.verb(number, "us-final", "submit", version=fresh["version"], reference="FCC-9"))
    assert done["sound"] and office.clock(number, "us-final-30d")["met_at"] is not None
    assert "filing.refreshed" in office.kinds(number)


@pytest.mark.proves("R33")
@sqlite
@pytest.mark.parametrize("profile", ["eu"])
def test_the_final_report_to_a_european_authority_is_due_a_month_after_the_notification(
    office: Office, time: Time
) -> None:
    number = office.grave(2, occurred_at=(office.now() - timedelta(minutes=5)).isoformat())
    waits = office.owed(number, "eu-final")
    assert (waits["standing"], waits["due_at"]) == ("waits", None)
    early = office.submitted(number, "eu-early-warning", malicious="no", cross_border="no")
    assert early["state"] == "submitted"
    time.forward(hours=71)
    assert office.owed(number, "eu-notification")["standing"] == "owed"
    time.forward(hours=1, minutes=1)
    assert office.owed(number, "eu-notification")["standing"] == "late"
    done = office.submitted(number, "eu-notification")
    stands = office.owed(number, "eu-notification")
    assert (stands["standing"], stands["was_late"]) == ("done", True)
    due = office.owed(number, "eu-final")["due_at"]
    assert due == office.clock(number, "eu-final-one-month")["due_at"] and due > done["submitted_at"]
    assert office.ok(office.get("ada", "/api/v1/filings?late=1"))["submitted"][0]["report"] == "eu-notification"


@pytest.mark.proves("R33")
def test_two_people_do_not_overwrite_each_other_and_a_submission_is_of_the_version_that_was_read(
    office: Office,
) -> None:
    number = office.grave(occurred_at=(office.now() - timedelta(minutes=5)).isoformat())
    first = office.ok(office.write(number, "cn-brief", help="generators"))
    office.ok(office.write(number, "cn-brief", first["version"], by="kef", help="boats", course="The bridge fell"))
    stale = office.write(number, "cn-brief", first["version"], help="tents", course="The bridge fell")
    assert (stale.status_code, stale.json["code"], stale.json["field"]) == (409, "stale", "version")
    ((field, detail),) = [(each["field"], each["detail"]) for each in stale.json["errors"]]
    assert field == "help" and "boats" in detail
    assert office.write(number, "cn-brief", 0).status_code == 409
    assert office.verb(number, "cn-brief", "submit", version=first["version"], reference="R").json["code"] == "stale"
    assert office.verb(number, "cn-brief", "refresh", by="dou", version=first["version"]).status_code == 409
    now = office.filing(number, "cn-brief")
    assert (now["version"], len(now["editions"])) == (first["version"] + 1, 1)
    office.ok(office.verb(number, "cn-brief", "submit", version=now["version"], reference="R"))
    again = office.verb(number, "cn-brief", "submit", version=now["version"], reference="R")
    assert again.status_code == 409 and office.kinds(number).count("filing.submitted") == 1


@pytest.mark.proves("R33")
@sqlite
def test_what_was_submitted_never_changes_and_is_corrected_by_an_edition_that_names_what_changed(
    office: Office, time: Time
) -> None:
    number = office.grave()
    assert office.verb(number, "cn-inform", "correct", by="dou", reason="x").status_code == 409, "nothing was drafted"
    first = office.submitted(number, "cn-inform", users="5000")
    assert first["fields"][6]["value"] == "5,000" and first["fields"][6]["computed"] == 20
    assert office.verb(number, "cn-inform", "correct", by="dou").json["field"] == "reason"
    second = office.ok(office.verb(number, "cn-inform", "correct", by="dou", reason="Users were guessed"), 201)
    assert (second["edition"], second["reason"]) == (2, "Users were guessed")
    same = office.verb(number, "cn-inform", "submit", version=second["version"], reference="R-2")
    assert same.status_code == 409, "it says the same as the edition before"
    row = office.ok(office.write(number, "cn-inform", second["version"], users=""))
    time.forward(minutes=90)
    done = office.ok(office.verb(number, "cn-inform", "submit", version=row["version"], reference="R-2"))
    assert done["changed"] == ["users affected now"] and done["fields"][6]["value"] == "20"
    assert [each["state"] for each in done["editions"]] == ["superseded", "submitted"]
    assert office.filing(number, "cn-inform", edition=1)["reference"] == "R-1"
    stands = office.owed(number, "cn-inform")
    assert (stands["standing"], stands["was_late"], stands["done_at"]) == ("done", False, first["submitted_at"])


@pytest.mark.proves("R33")
@sqlite
def test_a_content_that_was_tampered_with_is_shown_not_to_agree(office: Office) -> None:
    number = office.grave()
    assert office.submitted(number, "cn-inform", users="5000")["sound"]
    office.do(
        lambda session: session.execute(update(Filing).values(content=func.replace(Filing.content, "5000", "50")))
    )
    assert office.filing(number, "cn-inform")["sound"] is False
    page = office.get("ada", f"/incidents/{number}/filings/cn-inform?lang=en").text
    assert "does not agree with its digest" in page

    def forge(session: Session) -> None:
        row = session.scalars(select(Filing)).one()
        row.digest = content.digest(row.content or "")

    office.do(forge)
    assert office.filing(number, "cn-inform")["sound"] is False, "the journal has another digest"


@pytest.mark.proves("R33", "R4")
@sqlite
def test_one_person_at_night_submits_their_own_report_with_a_reason_that_is_reviewed(office: Office) -> None:
    number = office.grave()
    row = office.ok(office.write(number, "cn-inform", by="ada"))
    body = {"version": row["version"], "reference": "by phone, Mr Li"}
    assert office.verb(number, "cn-inform", "submit", **body).status_code == 403
    assert office.verb(number, "cn-inform", "submit", **body, override=True).json["field"] == "reason"
    done = office.ok(office.verb(number, "cn-inform", "submit", **body, override=True, reason="Nobody else answers"))
    assert done["override"] and "authority.overridden" in office.kinds(number)
    assert office.write(number, "cn-brief", by="eng").status_code == 403


@pytest.mark.proves("R33")
@sqlite
def test_a_clock_stopped_by_hand_or_bulletin_is_shown_and_not_contradicted(office: Office, time: Time) -> None:
    number = office.grave()
    time.forward(minutes=10)
    office.act("dou", number, "clock", code="cn-inform-1h", reason="by phone")
    before = office.clock(number, "cn-inform-1h")["met_at"]
    stands = office.owed(number, "cn-inform")
    assert (stands["standing"], stands["done_by"], stands["done_at"]) == ("done", "hand", before)
    time.forward(minutes=10)
    office.submitted(number, "cn-inform")
    assert office.clock(number, "cn-inform-1h")["met_at"] == before
    assert office.owed(number, "cn-inform")["done_at"] == before


@pytest.mark.proves("R33", "R19")
@sqlite
def test_a_restricted_incident_shows_its_reports_to_named_people_alone(office: Office) -> None:
    number = office.report("ada", kind="information_security", elements=["CELL-1"], records_leaked=2_000_000)["number"]
    row = office.ok(office.write(number, "cn-inform", by="ada"))
    assert row["fields"][6]["key"] == "records" and row["fields"][6]["value"] == "2,000,000"
    for address in (office.address(number), office.address(number, "cn-inform")):
        assert office.get("aud", address).status_code == 404
    assert office.get("aud", f"/incidents/{number}/filings/cn-inform").status_code == 404
    for listed in ("/api/v1/filings", "/filings", "/filings/export.csv"):
        assert number not in office.get("aud", listed).text
    assert number in office.get("ada", "/filings").text


@pytest.mark.proves("R33", "B3")
@sqlite
def test_a_drills_reports_are_marked_and_stay_with_the_exercise(office: Office) -> None:
    number = office.report("tra", exercise=True, elements=["CELL-1"], measures="crew sent")["number"]
    office.act("ada", number, "regrade", tier=1, reason="it spreads")
    done = office.submitted(number, "cn-inform")
    assert done["exercise"] and number.startswith("D-")
    made = office.get("ada", f"{office.address(number, 'cn-inform')}/copy?form=docx&language=en")
    assert "演练 EXERCISE" in str([each.text for each in Document(BytesIO(made.data)).sections[0].header.paragraphs])
    assert "[DRILL]" in office.get("ada", f"/incidents/{number}/filings/cn-inform?lang=en").text


@pytest.mark.proves("R33")
@sqlite
def test_drafts_of_what_was_cancelled_are_void_and_what_was_submitted_stays(office: Office) -> None:
    number = office.grave(3)
    office.act("ada", number, "regrade", tier=1, reason="it spreads")
    office.submitted(number, "cn-inform")
    office.ok(office.write(number, "cn-brief"))
    office.act("ada", number, "cancel", reason="A false alarm")
    assert office.filing(number, "cn-inform")["state"] == "submitted"
    assert [each["state"] for each in office.filing(number, "cn-brief", edition=1)["editions"]] == ["void"]
    assert office.write(number, "cn-brief").status_code == 409
    assert office.of(number)["rules"] == [] and office.ok(office.get("ada", "/api/v1/filings"))["owed"] == []


@pytest.mark.proves("R33")
@sqlite
def test_bad_input_is_refused_by_field(office: Office) -> None:
    number = office.grave()
    for fields, field in (
        ({"users": "many"}, "users"),
        ({"discovered_at": "yesterday"}, "discovered_at"),
        ({"discovered_at": "0001-01-01T00:00:00+14:00"}, "discovered_at"),
        ({"harm": "x" * 1001}, "harm"),
        ({"harm": "a\x07b"}, "harm"),
        ({"nothing": "x"}, "nothing"),
    ):
        answer = office.write(number, "cn-inform", **fields)
        assert (answer.status_code, answer.json["field"]) == (422, field), answer.text
    assert office.kinds(number).count("filing.drafted") == 0, "what is refused leaves nothing"
    assert office.write(number, "no-such").status_code == 404
    assert office.write("2000-0101-001", "cn-inform").status_code == 404
    assert office.get("ada", office.address(number, "cn-inform") + "?edition=3").status_code == 404
    assert office.get("ada", "/api/v1/filings?from=2026-02-02&to=2026-01-01").json["field"] == "to"
    for bad in ("from=0001-01-01", "from=x", "profile=fr", "limit=0"):
        assert office.get("ada", f"/api/v1/filings?{bad}").status_code == 422
        assert office.get("ada", f"/filings?{bad}").status_code == 200
    assert office.ask("dou", "PUT", office.address(number, "cn-inform"), json={"fields": {}}).status_code == 422


@pytest.mark.proves("R33")
def test_of_two_who_begin_or_submit_at_the_same_moment_one_is_refused(office: Office) -> None:
    number = office.grave()
    people = ["dou", "kef"] * 2

    def begin(by: str) -> int:
        return int(office.write(number, "cn-inform", by=by, harm=f"by {by}").status_code)

    def submit(_: str) -> int:
        return int(office.verb(number, "cn-inform", "submit", version=2, reference="R").status_code)

    for username in ("dou", "kef", "ada"):
        office.token(username)
    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(begin, people)) == [200, 409, 409, 409]
        assert sorted(pool.map(submit, people)) == [200, 409, 409, 409]
    kinds = office.kinds(number)
    assert (kinds.count("filing.drafted"), kinds.count("filing.submitted")) == (1, 1)
