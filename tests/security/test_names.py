"""A restricted incident is known to named people only; whoever is not named looks in on record."""

import pytest

from tests.conftest import Time
from tests.security.conftest import Office

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True), pytest.mark.proves("R19", "R25")]


def test_the_owner_the_group_and_the_leads_are_named_and_no_post_is(office: Office) -> None:
    number = office.leak("sec")
    assert office.names(number, "sec") == {"sec": "owner", **dict.fromkeys(("cou", "dep", "eng", "kef"), "group")}
    for outsider in ("ada", "pre", "dou", "aud", "adm"):
        assert office.get(outsider, f"/api/v1/incidents/{number}").status_code == 404
        assert number not in office.get(outsider, "/api/v1/incidents").text


def test_numbers_of_restricted_incidents_leave_no_gap_in_the_others(office: Office) -> None:
    first = office.report("dou", elements=["CELL-1"])["number"]
    hidden = office.leak()
    second = office.report("dou", elements=["CELL-4"], area="800201")["number"]
    assert int(second[-3:]) == int(first[-3:]) + 1
    assert hidden[:-4] == first[:-3] and hidden[-4:] == "R001"


def test_a_name_is_added_and_removed_with_a_reason_on_record(office: Office) -> None:
    number = office.leak()
    refused = office.secure("cou", number, "/names", person="ops", reason=" ")
    assert (refused.status_code, refused.json["field"]) == (422, "reason")
    assert office.secure("eng", number, "/names", person="ops", reason="help").status_code == 403
    assert office.secure("cou", number, "/names", person="ops", reason="knows the database").status_code == 200
    assert office.get("ops", f"/api/v1/incidents/{number}").status_code == 200
    assert "knows the database" in office.last(number, "restricted.named")["text"]["en"]
    assert office.secure("cou", number, "/names/remove", person="ops", reason="done").status_code == 204
    assert office.get("ops", f"/api/v1/incidents/{number}").status_code == 404
    assert office.secure("cou", number, "/names/remove", person="cou", reason="me").status_code == 409


def test_whoever_is_paged_knows_until_their_name_is_removed(office: Office, time: Time) -> None:
    number = office.leak()
    office.act("cou", number, "assess")
    office.act("cou", number, "activate")
    office.send()
    time.forward(minutes=6)
    office.send()
    paged = next(name for name, why in office.names(number).items() if why == "paged")
    assert office.get(paged, f"/api/v1/incidents/{number}").status_code == 200
    assert office.secure("cou", number, "/names/remove", person=paged, reason="not theirs").status_code == 204
    assert office.get(paged, f"/api/v1/incidents/{number}").status_code == 404


@pytest.mark.proves("I9")
def test_another_commander_looks_in_on_record_and_the_named_are_told(office: Office) -> None:
    number = office.leak()
    assert office.post("dou", "/api/v1/restricted/look-in", number=number, reason="x").status_code == 403
    absent = office.post("ada", "/api/v1/restricted/look-in", number="1999-0101-R001", reason="x")
    assert absent.status_code == 404
    assert office.post("ada", "/api/v1/restricted/look-in", number=number, reason="").status_code == 422
    seen = office.post("ada", "/api/v1/restricted/look-in", reason="nobody answers")
    assert seen.json == {"incidents": [number]}
    assert office.names(number, "ada")["ada"] == "looked_in"
    kinds = [line["kind"] for line in office.journal(number)]
    assert kinds.count("restricted.looked_in") == kinds.count("authority.overridden") == 1
    assert office.post("ada", "/api/v1/restricted/look-in", number=number, reason="again").status_code == 200
    assert office.kinds(number).count("restricted.looked_in") == 1, "who sees it already enters no second time"


def test_an_open_incident_is_restricted_later_and_what_was_public_is_said(office: Office) -> None:
    number = office.responding()
    notice = office.notices(number)[0]
    assert office.secure("dou", number, "/restriction", restricted=True, reason="an insider").status_code == 403
    commander = office.see(number)["commander"]["username"]
    done = office.secure(commander, number, "/restriction", restricted=True, reason="an insider did it")
    assert done.status_code == 200, done.text
    assert office.get("ops", f"/api/v1/incidents/{number}").status_code in (200, 404)
    assert office.get("aud", f"/api/v1/incidents/{number}").status_code == 404
    assert office.get("aud", f"/api/v1/notices/{notice['id']}").status_code == 404
    marked = office.last(number, "restricted.marked", commander)
    assert marked["data"]["told"] == 0 and "an insider did it" in marked["text"]["en"]
    lifted = office.secure(commander, number, "/restriction", restricted=False, reason="it was no insider")
    assert lifted.status_code == 200
    assert office.get("aud", f"/api/v1/incidents/{number}").status_code == 200


def test_the_page_names_removes_and_looks_in_without_scripts(office: Office) -> None:
    number = office.leak()
    page = office.get("cou", f"/incidents/{number}/security?lang=en")
    assert page.status_code == 200 and "Who may know" in page.text and "Name somebody" in page.text
    wrong = office.ask(
        "cou", "POST", f"/incidents/{number}/security/names", data={"person": "nobody", "reason": "help"}
    )
    assert wrong.status_code == 422 and "help" in wrong.text
    assert office.get("dou", "/look-in").status_code == 404
    assert office.get("ada", "/look-in").status_code == 200
    opened = office.ask("ada", "POST", "/look-in", data={"number": number, "reason": "night"})
    assert (opened.status_code, opened.location) == (303, f"/incidents/{number}/security")
