"""Who may approve a notice to 80,000 in Meijiang at 03:10? In words, and with the people it means."""

import pytest

from tests.authority.conftest import API, SQLITE, Rule

CASE = {"act": "approve_notice", "tier": 2, "area": "Meijiang", "at": "2026-11-28T03:10:00+08:00", "audience": 80_000}


def who(way: dict[str, object]) -> list[str]:
    return [each["person"]["username"] for each in way["people"]]  # type: ignore[index]


@SQLITE
@pytest.mark.proves("R28", "R4")
def test_who_may_approve_a_notice_to_80_000_at_ten_past_three(rule: Rule) -> None:
    said = rule.ask_who(**CASE)["in_force"]
    assert (said["level"], said["nobody"]) == ("county", False)
    assert said["alone"]["posts"] == ["commander", "deputy"]
    assert set(who(said["alone"])) == {"ada", "cou", "pre", "dep"}
    assert who(said["alone"])[-1:] != [] and all(each["near"] for each in said["alone"]["people"])
    assert who(said["deputy"]) == ["dou"]
    assert said["deputy"]["at"].startswith("2026-11-28T03:15:00")
    words = " ".join(said["words"])
    assert "80,000" in words and "after 5 minutes: duty officer" in words and "None of them is on duty then" in words
    assert {cap["within"] for cap in said["caps"]} <= {True, False} and said["caps"]


@SQLITE
def test_one_s_own_notice_needs_somebody_else_or_an_override(rule: Rule) -> None:
    said = rule.ask_who(**CASE, own=True)["in_force"]
    assert (said["alone"], said["deputy"]) == (None, None)
    assert said["approve"]["posts"] == ["commander", "deputy"]
    assert said["override"]["posts"] == ["commander", "deputy", "duty_officer"]


@SQLITE
def test_whoever_is_on_duty_then_is_named_first(rule: Rule) -> None:
    said = rule.ask_who(act="page", tier=2, area="800101", at=CASE["at"])["in_force"]
    on = [each["person"]["username"] for each in said["alone"]["people"] if each["duties"]]
    assert set(on) == {"eng", "ops"}
    assert "On duty then: " in " ".join(said["words"])


@SQLITE
def test_the_draft_is_asked_beside_the_table_in_force(rule: Rule) -> None:
    revision = rule.draft()["about"]["revision"]
    rule.put(revision, act="approve_notice", tiers=[2], alone=["duty_officer"])
    both = rule.ask_who(**CASE, on="both")
    assert (who(both["draft"]["alone"]), both["draft"]["deputy"]) == (["dou"], None)
    assert "dou" not in who(both["in_force"]["alone"])
    page = rule.sign_in("adm").see("/people/authority/simulate?act=approve_notice&tier=2&area=800101&audience=80,000")
    assert "By the draft" in page and "80,000" in page


@SQLITE
@pytest.mark.parametrize(
    ("case", "field"), [({"area": "Atlantis"}, "area"), ({"audience": "many"}, "audience"), ({"tier": "9"}, "tier")]
)
def test_what_cannot_be_asked_is_refused_by_field_and_what_was_typed_is_kept(
    rule: Rule, case: dict[str, str], field: str
) -> None:
    browser = rule.sign_in("kef")
    query = "&".join(f"{name}={value}" for name, value in ({"act": "page", "tier": "2", "area": "80"} | case).items())
    shown = browser.client.get(f"/people/authority/simulate?lang=en&{query}")
    assert (shown.status_code, case[field] in shown.text) == (422, True)
    body = {"act": "page", "tier": 2, "area": "80", "at": None} | case
    assert rule.post("kef", f"{API}/simulate", **body).status_code == 422
