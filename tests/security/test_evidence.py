"""Evidence: hashed, kept encrypted, its chain of custody whole, seen by those who handle the incident."""

import csv
import hashlib
import io

import pytest

from command.core.installation import Installation
from tests.security.conftest import Office

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.proves("R25")]
LOG = b"10.0.0.7 GET /export?all=1\n"
DIGEST = hashlib.sha256(LOG).hexdigest()


@pytest.fixture
def number(office: Office) -> str:
    found = office.leak()
    assert office.bring("cou", found, LOG).status_code == 303
    return found


def test_a_file_is_hashed_and_kept_encrypted_and_read_on_record(
    office: Office, number: str, installation: Installation
) -> None:
    (item,) = office.shown(number)["evidence"]
    assert (item["sha256"], item["size"], item["file_name"]) == (DIGEST, len(LOG), "access.log")
    (kept,) = (installation.settings.data / "evidence").glob("*.sealed")
    assert LOG not in kept.read_bytes() and b"export" not in kept.read_bytes()
    got = office.ask("cou", "POST", f"/incidents/{number}/security/evidence/1/content")
    assert got.data == LOG and got.headers["Content-Disposition"].startswith("attachment")
    assert [link["act"] for link in office.shown(number)["evidence"][0]["custody"]] == ["taken", "read"]
    assert office.last(number, "security.custody")["data"]["act"] == "read"


def test_it_is_handed_over_when_both_have_said_so(office: Office, number: str) -> None:
    def act(by: str, what: str, **body: object) -> int:
        return office.secure(by, number, f"/evidence/1/{what}", **body).status_code

    assert act("cou", "hand", person="ops") == 422, "who may not know gets none"
    assert act("eng", "hand", person="dep") == 403, "only its keeper hands it over"
    assert act("cou", "hand", person="eng", place="room 4") == 200
    assert act("cou", "seal", words="S-17") == 409, "nothing else is done while it is handed over"
    assert act("cou", "accept") == 403
    assert act("eng", "accept") == 200
    assert act("eng", "seal") == 422 and act("eng", "seal", words="seal S-17") == 200
    assert office.ask("eng", "POST", f"/incidents/{number}/security/evidence/1/content").status_code == 409
    assert act("cou", "take-over", words="eng is off duty") == 200
    item = office.shown(number)["evidence"][0]
    assert (item["keeper"]["username"], item["sealed"], item["state"]) == ("cou", True, "kept")
    assert [link["act"] for link in item["custody"]] == ["taken", "handed", "accepted", "sealed", "taken_over"]


def test_a_check_finds_what_was_altered(office: Office, number: str, installation: Installation) -> None:
    assert office.secure("cou", number, "/evidence/1/check").json == {"ok": True}
    (kept,) = (installation.settings.data / "evidence").glob("*.sealed")
    kept.write_bytes(kept.read_bytes()[:-1] + b"\0")
    assert office.secure("cou", number, "/evidence/1/check").json == {"ok": False}
    assert office.ask("cou", "POST", f"/incidents/{number}/security/evidence/1/content").status_code == 409
    page = office.ask(
        "cou", "POST", f"/incidents/{number}/security/evidence/1/check", headers={"Accept-Language": "en"}
    )
    assert page.status_code == 200 and 'role="status"' in page.text


def test_what_is_destroyed_is_gone_and_its_chain_stays(office: Office, number: str, installation: Installation) -> None:
    assert office.secure("cou", number, "/evidence/1/destroy", words="the court released it").status_code == 200
    assert not list((installation.settings.data / "evidence").glob("*.sealed"))
    item = office.shown(number)["evidence"][0]
    assert (item["state"], item["sha256"], item["possible"]) == ("destroyed", DIGEST, [])


@pytest.mark.proves("R37")
def test_it_is_given_outside_only_under_an_agreement_that_holds(office: Office, number: str) -> None:
    today = office.see(number, "cou")["reported_at"][:10]
    assert office.secure("cou", number, "/evidence/1/give-out", agreement=1).status_code == 422
    paper = {"party": "Forensics Ltd", "person": "Wu Fei", "signed_on": today, "valid_until": "2099-01-01"}
    assert office.post("cou", "/api/v1/confidentiality", **paper | {"valid_until": "2001-01-01"}).status_code == 422
    kept = office.post("cou", "/api/v1/confidentiality", **paper, sha256="ab" * 32)
    assert kept.status_code == 201, kept.text
    given = {"agreement": kept.json["id"], "place": "their lab"}
    assert office.secure("cou", number, "/evidence/1/give-out", **given).status_code == 200
    assert office.shown(number)["evidence"][0]["outside"] == "Wu Fei · Forensics Ltd"
    assert office.secure("cou", number, "/evidence/1/take-back").status_code == 200
    assert office.post("cou", f"/api/v1/confidentiality/{kept.json['id']}/end").status_code == 200
    assert office.secure("cou", number, "/evidence/1/give-out", **given).status_code == 422
    assert "Forensics Ltd" in office.get("cou", "/confidentiality").text


def test_the_list_leaves_with_hashes_and_custody_on_record(office: Office, number: str) -> None:
    media = {"description": "=1+1 a disk", "place": "rack 9", "sha256": "cd" * 32}
    assert office.secure("cou", number, "/evidence", **media).json == {"label": 2}
    got = office.ask("cou", "POST", f"/incidents/{number}/security/evidence-list.csv")
    rows = list(csv.DictReader(io.StringIO(got.data.decode("utf-8-sig"))))
    assert [(row["evidence"], row["sha256"], row["act"]) for row in rows] == [
        ("E1", DIGEST, "taken"),
        ("E2", "cd" * 32, "taken"),
    ]
    assert rows[1]["name"] == "'=1+1 a disk"
    assert office.ask("cou", "POST", f"/incidents/{number}/security/evidence-list.pdf").data.startswith(b"%PDF")
    assert office.last(number, "security.sheet")["data"] == {
        "person_id": office.people["cou"],
        "form": "pdf",
        "items": 2,
    }


def test_media_are_checked_by_the_hash_that_was_taken_of_them(office: Office, number: str) -> None:
    office.secure("cou", number, "/evidence", description="a disk", place="rack 9", sha256="cd" * 32)
    assert office.secure("cou", number, "/evidence/2/check", sha256="cd").status_code == 422
    assert office.secure("cou", number, "/evidence/2/check", sha256="CD" * 32).json == {"ok": True}
    assert office.secure("cou", number, "/evidence/2/check", sha256="ee" * 32).json == {"ok": False}


def test_bad_evidence_is_refused_by_field_and_nothing_is_lost(office: Office, number: str) -> None:
    future = office.see(number, "cou")["reported_at"][:4]
    for body, field in (
        ({"description": "", "place": "x"}, "description"),
        ({"description": "a", "place": ""}, "place"),
        ({"description": "a", "place": "b", "sha256": "12"}, "sha256"),
        ({"description": "a", "place": "b", "taken_at": f"{int(future) + 2}-01-01T00:00:00Z"}, "taken_at"),
    ):
        refused = office.secure("cou", number, "/evidence", **body)
        assert (refused.status_code, refused.json["field"]) == (422, field), refused.text
    empty = office.bring("cou", number, b"")
    assert empty.status_code == 422 and "the access log" in empty.text
    assert office.secure("cou", number, "/evidence/99/check").status_code == 404
    assert office.secure("cou", number, "/evidence/1/eat").status_code == 404
    named = office.bring("cou", number, b"x", "../../etc/\u202e+8613812345678.log")
    assert named.status_code == 303
    assert office.shown(number)["evidence"][1]["file_name"].count("*") == 4


def test_of_an_open_incident_only_those_who_handle_it_know_the_evidence(office: Office) -> None:
    number = office.leak(restricted=False)
    assert office.bring("cou", number, LOG).status_code == 303
    assert office.shown(number, "dou")["evidence"] is None
    assert office.secure("dou", number, "/evidence/1/check").status_code == 403
    assert "access.log" not in office.get("dou", f"/incidents/{number}/security").text
