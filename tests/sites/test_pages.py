"""The pages of sites: the file, the list, one site, and an incident's sites and crews. None needs a script."""

import io
from pathlib import Path
from typing import Any

import pytest

from command.core.installation import Installation
from command.people import passwords
from command.people.models import Person
from command.sites import imports
from tests.resources.test_pages import PASSWORD, Visitor
from tests.sites.scene import Scene

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HEAD = "code,name_zh,name_en,area,class,elements,latitude,longitude,serves,battery_minutes,contact,contact_number"
GOOD = "N-1,新站,New site,800201,access,CELL-6;CELL-7,24.3,116.1,hospital;shelter,240,Desk,+86 120 2099 0001"


def sign_in(scene: Scene, username: str) -> Visitor:
    def work(session: Any) -> None:
        session.get_one(Person, scene.people[username]).password_hash = passwords.hashed(PASSWORD)

    scene.do(work)
    visitor = Visitor(scene.client())
    assert visitor.send("/sign-in", "/sign-in", username=username, password=PASSWORD).status_code == 303
    return visitor


def test_sites_come_in_as_a_file_with_their_bad_rows_named(scene: Scene) -> None:
    visitor = sign_in(scene, "dou")
    bad = (
        GOOD.replace("N-1", "N 1"),
        GOOD.replace("N-1", "N-2"),
        "N-3,站,Site,9,access,CORE,,,,,,",
        "N-4,站,Site,8001,tower,CORE,,,,,,",
        "N-5,站,Site,8001,core,NOBODY,,,,,,",
        "N-6,站,Site,8001,core,CORE,24.3,,,,,",
        "N-7,站,Site,8001,core,CORE,,,critical_customer,,,",
        "N-8,站,Site,8001,core,CORE,,,,-5,,",
        "N-9,站,Site,8001,core,CORE,,,,,,12",
        "N-10,站,,8001,core,CORE,,,,,,",
        "N-11,站,Site,8001,core,,,,,,,",
    )
    body = "\n".join((HEAD, GOOD, *bad)).encode()
    done = visitor.send("/sites/import", "/sites", file=(io.BytesIO(body), "sites.csv"))
    assert done.status_code == 200 and "1 rows kept, 11 with errors" in done.text
    for words in ("is no code", "stands at the site of line 2", "area &#39;9&#39; is unknown", "is no class of site"):
        assert words in done.text
    for words in ("element &#39;NOBODY&#39; is unknown", "write both latitude and longitude", "is no mark of priority"):
        assert words in done.text
    assert "too few digits" in done.text and "cannot be used" in done.text
    page = visitor.see("/sites?q=new")
    assert "New site" in page and "Hospital" in page and "新站" in visitor.see("/sites?area=800201", "zh")
    one = visitor.see("/sites/N-1")
    assert "CELL-6, CELL-7" in one and "120****0001" in one and "20990001" not in one
    for name, content in (("sites.xlsx", b"PK"), ("sites.csv", b"\xff\xfe"), ("sites.csv", b"a,b\n")):
        answer = visitor.send("/sites/import", "/sites", file=(io.BytesIO(content), name))
        assert answer.status_code == 422


def test_the_same_file_twice_changes_nothing_and_an_element_moves_to_who_names_it(
    scene: Scene, installation: Installation, tmp_path: Path
) -> None:
    def brought(*rows: str) -> int:
        path = tmp_path / "sites.csv"
        path.write_text("\n".join((HEAD, *rows)), encoding="utf-8")
        outcome = imports.sites(installation, path)
        assert outcome.bad == 0
        return outcome.kept

    assert (brought(GOOD), brought(GOOD)) == (1, 1)
    assert scene.site("N-1")["history"] == []
    brought(GOOD.replace("CELL-6;CELL-7", "CELL-6;CELL-1").replace("240", "120"))
    assert scene.site("N-1")["elements"] == ["CELL-1", "CELL-6"] and scene.site("S-1")["elements"] == []
    assert "battery by design, elements" in scene.site("N-1")["history"][0]["text"]


def test_an_engineer_reports_a_site_by_phone_and_what_was_typed_is_not_lost(scene: Scene) -> None:
    visitor = sign_in(scene, "eng")
    refused = visitor.send("/sites/S-1/state", "/sites/S-1", battery_minutes="many", words="At the gate")
    assert refused.status_code == 422 and 'value="At the gate"' in refused.text and 'value="many"' in refused.text
    nothing = visitor.send("/sites/S-1/state", "/sites/S-1", words="Hello")
    assert nothing.status_code == 422 and "says nothing" in nothing.text
    fields = {"mains": "off", "battery_minutes": "45", "generator": "standby", "fuel_hours": "6", "access": "blocked"}
    assert visitor.send("/sites/S-1/state", "/sites/S-1", **fields, words="Tree on the road").status_code == 303
    page = visitor.see("/sites/S-1")
    assert "No mains" in page and "with its generator started" in page and "Tree on the road" in page
    assert "Way is blocked" in visitor.see("/sites") and "断电" in visitor.see("/sites/S-1", "zh")
    assert "side-falling" in visitor.see("/board")
    assert "S-1" in visitor.see("/board/part/falling") and "Show the whole number" not in page
    commander = sign_in(scene, "ada")
    assert "+8612020990000" not in commander.see("/sites/S-1")
    shown = commander.send("/sites/S-1/contact", "/sites/S-1", reason="Ask for the mains")
    assert "+8612020990000" in shown.text
    assert commander.send("/sites/S-1/contact", "/sites/S-1").status_code == 422


def test_the_incident_page_brings_a_generator_orders_splices_and_decides(scene: Scene) -> None:
    number = scene.responding("CELL-1")
    address, part = f"/incidents/{number}/sites", f"/incidents/{number}/sites/part"
    visitor = sign_in(scene, "ada")
    assert "No site of this incident is without mains" in visitor.see(address)
    scene.off("S-2", 30)
    assert "Bring a generator" in visitor.see(address) and "S-2" in visitor.see(part)
    refused = visitor.send(f"{address}/generator", address, site="S-2")
    assert refused.status_code == 422 and "Bring a generator" in refused.text, "no pool knows generators"
    refused = visitor.send(f"{address}/place", address, site="S-2", place="1")
    assert refused.status_code == 422
    assert visitor.send(f"{address}/place", address, site="S-2", place="1", reason="Ward").status_code == 303
    assert visitor.send(f"{address}/own", address, site="S-2", owner="eng").status_code == 303
    typed = {"segment_from": "Meijiang", "segment_to": "Songping", "fibres_total": "24"}
    refused = visitor.send(f"{address}/cable", address, **typed)
    assert refused.status_code == 422 and 'value="Meijiang"' in refused.text
    assert visitor.send(f"{address}/cable", address, **typed, place="Bridge").status_code == 303
    assert visitor.send(f"{address}/splice", address, cable="1", version="1", fibres_done="6").status_code == 303
    refused = visitor.send(f"{address}/splice", address, cable="1", version="1", fibres_done="9", words="Wet")
    assert refused.status_code == 409 and 'value="Wet"' in refused.text
    refused = visitor.send(f"{address}/safety", address, decision="no_go", reason="Wind", valid_until="soon")
    assert refused.status_code == 422 and 'value="Wind"' in refused.text
    until = {"valid_until": "2099-01-01T06:00", "decision": "no_go", "reason": "Wind", "area": "800101"}
    assert visitor.send(f"{address}/safety", address, **until).status_code == 303
    page = visitor.see(address)
    assert "6 of 24 fibres spliced" in page and "No-go" in page and "★" in page
    assert "禁止出动" in visitor.see(address, "zh") and "No-go" in visitor.see(part)
    assert visitor.send(f"{address}/dance", address).status_code == 404
    reader = sign_in(scene, "aud")
    assert reader.client.post(f"{address}/own", data={}).status_code in (400, 403)
    assert "Name somebody" not in reader.see(address)
