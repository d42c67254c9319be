"""Pages of capability, and what a third-party assessor may see of the house: these pages and nothing else (R36)."""

import io
import re
from typing import Any

import pytest
from sqlalchemy import delete

from command.capability.standard import current
from command.people.access import may
from command.people.models import PersonPost
from tests.capability.test_assessing import API, Assessors, house

__all__ = ["house"]
pytestmark = [pytest.mark.proves("R36"), pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]


def outsider(house: Assessors, username: str = "tra") -> str:
    """Somebody who is a third-party assessor and nothing else."""

    def appoint(session: Any) -> None:
        session.execute(delete(PersonPost).where(PersonPost.person_id == house.people[username]))
        session.add(PersonPost(person_id=house.people[username], post="assessor"))

    house.do(appoint)
    return username


def test_an_assessment_is_begun_rated_finished_and_improved_by_page(house: Assessors) -> None:
    visitor = house.sign_in("dou")
    assert "Not assessed yet" in visitor.see("/capability") and "尚未评估" in visitor.see("/capability", "zh")
    typed = {"name": "Year 2026", "sort": "self", "first_on": "2026-12-31", "last_on": "2026-01-01"}
    refused = visitor.send("/capability/new", "/capability/new", **typed)
    assert (
        refused.status_code == 422 and "ends before it begins" in refused.text and 'value="Year 2026"' in refused.text
    )
    begun = visitor.send(
        "/capability/new", "/capability/new", **typed | {"last_on": "2026-12-31", "first_on": "2026-01-01"}
    )
    assert begun.status_code == 303
    page = begun.headers["Location"]
    number = int(page.rpartition("/")[2])
    first, *rest = current().domains
    others = {item.code: 1 for domain in rest[1:] for item in domain.items}
    assert house.rates(number, **others).status_code == 200
    for domain in (first, rest[0]):
        form = visitor.see(f"{page}/rate/{domain.code}")
        typed = {f"version-{item.code}": "1" for item in domain.items}
        typed |= {f"level-{item.code}": "1" for item in domain.items}
        if domain.code == "organisation":
            bare = visitor.send(f"{page}/rate/{domain.code}", f"{page}/rate/{domain.code}", **typed)
            assert bare.status_code == 422 and "A level above 0 needs evidence." in bare.text
            wrong = typed | {"words-groups": "Our list of names", "links-groups": "moon:1"}
            wrong = visitor.send(f"{page}/rate/{domain.code}", f"{page}/rate/{domain.code}", **wrong)
            assert (
                wrong.status_code == 422
                and "names no record" in wrong.text
                and "Our list of names</textarea>" in wrong.text
            )
        assert "Counted by Tocsin" in form or not any(item.figures for item in domain.items)
        typed |= {f"words-{item.code}": "Seen" for item in domain.items}
        done = visitor.send(f"{page}/rate/{domain.code}", f"{page}/rate/{domain.code}", **typed)
        assert done.status_code == 303, done.text
    shown = visitor.see(page)
    assert "25.0" in shown and '<polygon class="cap-now"' in shown and "薄弱项" in visitor.see(page, "zh")
    assert visitor.send(f"{page}/finish", page).status_code == 303
    give = {"title": "More deputies", "owner": "eng", "due_on": "2001-01-01"}
    refused = visitor.send(f"{page}/items/groups/improve", page, **give)
    assert refused.status_code == 422 and 'value="More deputies"' in refused.text
    done = visitor.send(f"{page}/items/groups/improve", page, **give | {"due_on": house.ahead(20)})
    assert done.status_code == 303 and "Improvement action 1" in visitor.see(page)
    assert visitor.send(f"{page}/dance", page).status_code == 404
    listed = visitor.see("/capability")
    assert '<circle class="cap-self"' in listed and "Year 2026" in listed
    assert (
        "weight" in visitor.see("/capability/standard") and visitor.client.get(f"{page}/rate/moon").status_code == 404
    )


def test_a_third_partys_file_is_read_by_page_with_every_wrong_line_named(house: Assessors) -> None:
    number = house.begun(sort="third_party", agreement=house.agreement())
    visitor, page = house.sign_in("dou"), f"/capability/{number}"
    bad = (io.BytesIO(b"item,level\ngroups,7\nmoon,1\n"), "report.csv")
    refused = visitor.send(f"{page}/import", page, file=bad)
    assert (
        refused.status_code == 422 and "<code>2:level</code>" in refused.text and "<code>3:item</code>" in refused.text
    )
    good = (io.BytesIO(b"item,level\ngroups,3\n"), "report.csv")
    assert visitor.send(f"{page}/import", page, file=good).status_code == 303
    assert re.search(r"report\.csv · SHA-256 <code>[0-9a-f]{64}</code>", visitor.see(page))
    assert visitor.client.get(f"{page}/file").data.startswith(b"item,level")
    assert visitor.client.get(f"{page}/export/pdf").data.startswith(b"%PDF")


def test_an_assessor_comes_to_capability_and_finds_no_other_page(house: Assessors) -> None:
    number = house.begun()
    plain = house.report("dou", elements=["CELL-1"])["number"]
    links = [f"incident:{plain}", "plan:network_fault"]
    assert house.act_on(number, "rate", ratings=[{"item": "groups", "level": 1, "links": links}]).status_code == 200
    visitor = house.sign_in(outsider(house))
    assert visitor.client.get("/").headers["Location"] == "/capability"
    for address in ("/capability", "/capability/standard", f"/capability/{number}"):
        page = visitor.see(address)
        led = set(re.findall(r'href="(/[^"#?]*)', page)) - {"/"}
        assert all(each.startswith(("/capability", "/static/")) for each in led), led
        assert "/rate" not in page and "/improve" not in page
        assert not [each for each in re.findall(r'action="([^"]+)"', page) if each not in ("/look", "/sign-out")]
    assert plain in page and "Network fault" in page, "the evidence is named, though the record is closed to them"
    assert "Counted by Tocsin" in page
    assert visitor.send("/look", "/capability", language="zh", back="/capability").status_code == 303
    assert "应急能力评估" in visitor.client.get("/capability").text
    board = house.sign_in("dou").client.get("/")
    assert board.headers["Location"] == "/board"


def test_every_other_address_refuses_an_assessor(house: Assessors) -> None:
    """Every address is looked at, and one of each permission and method is asked for: the gate decides by nothing else."""
    number = house.begun()
    who = house.principal(outsider(house))
    served, asked = set(), set()
    for rule in house.app.url_map.iter_rules():
        permission = house.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if permission is None:
            continue
        with house.acting():
            allowed = may(who, permission)
        if allowed:
            served.add(rule.rule)
        address = rule.build(dict.fromkeys(rule.arguments, number), append_unknown=False)
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
            assert method == "GET" or not allowed, f"{method} {rule.rule} is open to an assessor"
            if (permission, method) not in asked and not allowed:
                asked.add((permission, method))
                assert house.ask("tra", method, address[1] if address else rule.rule).status_code == 403, rule.rule
    assert len(asked) > 60
    assert served == {rule for rule in served if rule.startswith(("/capability", API))} and len(served) == 10
    assert house.get("adm", API).status_code == 403, "who runs the system does not read it either"
