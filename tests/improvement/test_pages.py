"""The pages of improvement actions: the board, one action, the form; what is linked to them, and evidence as a file."""

import hashlib
import io
import re

import pytest

from tests.improvement.conftest import OWNER, Works

pytestmark = [pytest.mark.proves("R18"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]
PDF = b"%PDF-1.4 signs"


@pytest.mark.proves("R7")
def test_an_action_is_given_worked_on_and_verified_by_page(works: Works) -> None:
    giver, owner = works.sign_in("dou"), works.sign_in(OWNER)
    assert "No action like this" in giver.see("/improvement") and "没有" in giver.see("/improvement", "zh")
    typed = {
        "title": "Mark the route",
        "owner": OWNER,
        "due_on": works.ahead(7),
        "playbook": "network_fault:1",
        "playbook_place": "tiers.2.tasks.dance",
    }
    refused = giver.send("/improvement/new", "/improvement/new", **typed)
    assert refused.status_code == 422 and "has no place tiers.2.tasks.dance" in refused.text
    assert 'value="Mark the route"' in refused.text
    place = re.findall(r'<option value="(tiers\.2\.tasks\.\w+)"', refused.text)[0]
    done = giver.send("/improvement/new", "/improvement/new", **typed | {"playbook_place": place})
    assert done.status_code == 303
    page = done.headers["Location"]
    plan = giver.see("/playbooks/network_fault?tier=2")
    assert f'href="{page}"' in plan and "Being changed by" in plan
    assert 'href="/playbooks/network_fault?tier=2"' in giver.see(page)
    assert "Begin" not in giver.see(page) and "Begin" in owner.see(page)
    assert owner.send(f"{page}/take", page).status_code == 303
    wrong = {"words": "Signs are there", "file": (io.BytesIO(b"MZ"), "signs.exe")}
    refused = owner.send(f"{page}/evidence", page, **wrong)
    assert refused.status_code == 422 and "not taken" in refused.text and "Signs are there" in refused.text
    sent = {"words": "Signs are there", "file": (io.BytesIO(PDF), "..\\13800138000 signs.PDF")}
    assert owner.send(f"{page}/evidence", page, **sent).status_code == 303
    shown = giver.see(page)
    assert hashlib.sha256(PDF).hexdigest()[:16] in shown and "13800138000" not in shown
    got = giver.client.get(f"{page}/evidence/1")
    assert got.data == PDF and got.headers["Content-Disposition"] == "attachment; filename=improvement-1-1.pdf"
    assert "sandbox" in got.headers["Content-Security-Policy"] and got.headers["X-Content-Type-Options"] == "nosniff"
    assert giver.client.get("/improvement/1/evidence/2").status_code == 404
    assert giver.send(f"{page}/verify", page, words="Seen").status_code == 303
    ended = giver.see(page)
    assert "verified that it was done" in ended and "核验" in giver.see(page, "zh")
    assert giver.send(f"{page}/dance", page).status_code == 404
    assert giver.send(f"{page}/take", page).status_code == 403, "the owner takes it"
    assert "is-late" not in giver.see("/improvement?state=verified")
    assert giver.client.get("/improvement?state=nonsense").status_code == 200


@pytest.mark.proves("R7")
def test_an_incident_under_review_leads_to_the_form_with_what_it_taught(works: Works) -> None:
    number = works.report("dou", elements=["CELL-1"])["number"]
    works.act("dou", number, "assess")
    visitor = works.sign_in("dou")
    link = f"/improvement/new?source=incident:{number}"
    assert link not in visitor.see(f"/incidents/{number}")
    works.act("dou", number, "restore", evidence="test calls")
    works.act("dou", number, "review", cause="A torn cable", effect="Spliced", improvements="Mark the route")
    assert link in visitor.see(f"/incidents/{number}")
    form = visitor.see(link)
    assert "Mark the route</textarea>" in form and "A torn cable</textarea>" in form
    works.given(source=f"incident:{number}", title="Set signs")
    assert "Set signs" in visitor.see(f"/improvement/part?source=incident:{number}")
    assert "Set signs" in visitor.see(f"/improvement?source=incident:{number}")
