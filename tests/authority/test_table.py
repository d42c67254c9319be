"""The table is edited as a draft, read by a second administrator, and in force in every process without a restart."""

import pytest

from command.app import create_app
from command.people.access import in_force
from tests.authority.conftest import API, SQLITE, Rule

LOWER = {"act": "lower", "tiers": [1, 2], "alone": ["commander", "deputy"], "override": ["duty_officer"]}


@pytest.mark.proves("R28")
def test_a_change_is_in_force_in_every_process_once_a_second_administrator_published_it(rule: Rule) -> None:
    rule.also_administrator("tra")
    another = create_app(rule.installation)
    with another.app_context():
        assert in_force().now(rule.database).row("lower", 1, "county").alone == ("commander",)
    revision = rule.draft()["about"]["revision"]
    drafted = rule.put(revision, **LOWER)
    assert drafted.status_code == 200, drafted.text
    assert [(each["act"], each["tiers"]) for each in drafted.json["changes"]] == [("lower", [1, 2])]
    own = rule.publish(revision + 1, "adm")
    assert (own.status_code, own.json["code"]) == (409, "needs-second-person")
    stale = rule.publish(revision, "tra")
    assert stale.status_code == 409
    assert rule.get("kef", API).json["version"] == 0
    done = rule.publish(revision + 1, "tra")
    assert (done.status_code, done.json["sole"]) == (200, False)
    assert rule.get("kef", API).json["version"] == done.json["version"]
    with another.app_context():
        table = in_force()
        table._until = 0.0  # a second has passed
        assert table.now(rule.database).row("lower", 1, "county").alone == ("commander", "deputy")
    with rule.acting():
        number = rule.report("dou")["number"]
    rule.act("dou", number, "regrade", tier=2, reason="by judgement")
    rule.act("dep", number, "regrade", tier=3, reason="by judgement")
    assert "authority.deputised" not in rule.kinds(number)


def test_one_draft_at_a_time_and_one_who_loses_the_race_is_told(rule: Rule) -> None:
    rule.draft()
    again = rule.post("adm", f"{API}/draft?lang=en")
    assert (again.status_code, "drafted already" in again.json["detail"]) == (409, True)
    assert rule.ask("adm", "DELETE", f"{API}/draft").status_code == 204
    rule.draft()


@SQLITE
def test_the_only_administrator_types_a_phrase_and_that_is_on_record(rule: Rule) -> None:
    revision = rule.draft()["about"]["revision"]
    assert rule.put(revision, **LOWER).status_code == 200
    asked = rule.publish(revision + 1, "adm")
    assert (asked.status_code, asked.json["field"]) == (422, "confirm")
    phrase = asked.json["remedy"].split("“")[1].split("”")[0]
    done = rule.publish(revision + 1, "adm", confirm=phrase)
    assert (done.status_code, done.json["sole"]) == (200, True)


@SQLITE
@pytest.mark.proves("R28")
@pytest.mark.parametrize(
    ("changed", "status", "said"),
    [
        ({"act": "close", "tiers": [1], "levels": ["county"]}, 422, "close, tier 1, county: dead end"),
        ({"act": "close", "alone": ["auditor"]}, 422, "may not have the act close"),
        ({"act": "close", "propose": ["engineer"], "override": ["deputy"]}, 422, "propose and approve belong together"),
        ({"act": "close", "alone": ["commander"], "tiers": [5]}, 422, "tiers"),
    ],
    ids=["nobody able to act", "an auditor acts", "asked of nobody", "no such tier"],
)
def test_a_rule_that_leaves_nobody_able_to_act_is_refused_with_its_case(
    rule: Rule, changed: dict[str, object], status: int, said: str
) -> None:
    revision = rule.draft()["about"]["revision"]
    refused = rule.put(revision, **changed)
    assert (refused.status_code, said in refused.text) == (status, True), refused.text
    assert rule.get("adm", f"{API}/draft").json["changes"] == []


@SQLITE
def test_a_rule_for_posts_that_nobody_active_holds_is_not_put_in_force(rule: Rule) -> None:
    rule.retire("tra")
    revision = rule.draft()["about"]["revision"]
    assert rule.put(revision, act="run_drill", alone=["trainer"]).status_code == 200
    phrase = f"publish {rule.get('adm', f'{API}/draft').json['version']}"
    refused = rule.publish(revision + 1, "adm", confirm=phrase)
    assert (refused.status_code, refused.json["field"]) == (422, "rows")
    assert "run_drill" in refused.json["detail"]


@SQLITE
def test_an_older_version_is_drafted_again_and_an_imported_hole_is_named(rule: Rule) -> None:
    rule.also_administrator("tra")
    revision = rule.draft()["about"]["revision"]
    rule.put(revision, **LOWER)
    first = rule.publish(revision + 1, "tra").json["version"]
    back = rule.draft(version=0)
    assert [each["act"] for each in back["changes"]] == ["lower"]
    second = rule.publish(back["about"]["revision"], "tra").json["version"]
    assert rule.get("kef", API).json["rows"] == rule.draft(version=0)["rows"]
    listed = rule.get("kef", f"{API}/versions").json["items"]
    assert [(each["version"], each["state"]) for each in listed][1:] == [(second, "published"), (first, "published")]
    rule.ask("adm", "DELETE", f"{API}/draft")
    rows = [row for row in rule.get("kef", API).json["rows"] if row["act"] != "close"]
    holes = rule.post("adm", f"{API}/draft?lang=en", rows=rows)
    assert (holes.status_code, "close, tier 1, county: no row" in holes.json["detail"]) == (422, True)


@SQLITE
def test_only_administrators_edit_and_everybody_reads(rule: Rule) -> None:
    assert rule.post("ada", f"{API}/draft").status_code == 403
    for who in ("kef", "aud"):
        shown = rule.get(who, API).json
        assert any(each["level"] == "country" and each["person"] is None for each in shown["thin"])


@SQLITE
@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_pages_draw_edit_and_publish_without_scripts(rule: Rule, language: str) -> None:
    browser, tongue = rule.sign_in("adm"), {"lang": language}
    table, draft, form = "/people/authority", "/people/authority/draft", "/people/authority/draft/lower"
    browser.see(table, language)
    assert browser.send(f"{draft}/begin", table).status_code == 303
    browser.see(f"{form}?tier=1&level=county", language)
    rule_of = {"revision": "1", "tiers": ["1"], "levels": ["county"]}
    refused = browser.send(form, form, **rule_of, second_person="yes")
    assert (refused.status_code, 'name="second_person" value="yes" checked' in refused.text) == (422, True)
    assert browser.send(form, form, **rule_of, deputy=["deputy"]).status_code == 422
    assert browser.send(form, form, **rule_of, alone=["duty_officer"]).status_code == 303
    assert "lower" in browser.see(draft, language)
    asked = {"revision": "2", "reason": "for the nights"}
    kept = browser.send(f"{draft}/publish", draft, **asked, confirm="no")
    assert (kept.status_code, "for the nights" in kept.text) == (422, True)
    assert browser.send(f"{draft}/publish", draft, **asked, confirm="publish 1").status_code == 303
    browser.see(f"{table}?version=1", language)
    assert "act: lower\n    tiers: [1]" in browser.client.get("/people/authority.yaml").text
    bad = browser.send(f"{draft}/begin", "/people/authority/import", source="file", yaml="rows: [", **tongue)
    assert (bad.status_code, "rows: [" in bad.text) == (422, True)
