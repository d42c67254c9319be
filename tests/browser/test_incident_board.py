"""What a commander does on the incident board, by clicks: the whole life, merging, cancelling, the journal, and refusals that explain."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

JOINED = "[data-board][data-joined=yes]"


def opened(page: Page, site: Site, number: str, language: str = "en") -> None:
    page.goto(f"{site.url}/incidents/{number}?lang={language}")
    expect(page.locator(JOINED)).to_be_attached()
    page.evaluate("window.notReloaded = true")


def choose(page: Page, action: str) -> None:
    """First click: the form opens in its dialog."""
    page.click(f"#do-{action}")
    expect(page.locator("#act")).to_be_visible()


def confirm(page: Page, name: str) -> None:
    """Second click: it is done, and the dialog is gone."""
    page.locator("#act").get_by_role("button", name=name, exact=True).click()
    expect(page.locator("#act")).to_be_hidden()


def stands(page: Page, state: str) -> None:
    expect(page.locator(f"[data-card=head] .state-{state}")).to_be_visible()


@pytest.mark.proves("R4", "R6", "R7", "R8", "R14")
def test_a_whole_life_by_clicks(site: Site, page: Page) -> None:
    number = site.stage.report(elements=["CELL-1"])
    opened(page, site, number)
    choose(page, "assess")
    page.fill("#act [name=reason]", "a whole district")
    confirm(page, "Record the assessment")
    stands(page, "assessed")
    choose(page, "activate")
    expect(page.locator("#act")).to_contain_text("tasks for the departments")
    confirm(page, "Start the response")
    stands(page, "responding")
    choose(page, "eta")
    confirm(page, "+1 h")
    expect(page.locator("[data-card=latest]")).to_contain_text("ETA")
    choose(page, "objective")
    page.fill("#act [name=text]", "Hospitals first")
    confirm(page, "Set the objective")
    page.get_by_role("button", name="Reached: Hospitals first").click()
    expect(page.locator("[data-card=objectives] .pill")).to_have_text("Reached")
    choose(page, "transfer")
    briefing = page.input_value("#act [name=briefing]")
    assert "20 users now" in briefing and "[met] Hospitals first" in briefing
    page.select_option("#act [name=to]", "dou")
    confirm(page, "Hand over")
    expect(page.locator("[data-card=people]")).to_contain_text("not accepted yet")
    choose(page, "restore")
    page.fill("#act [name=evidence]", "test calls succeed")
    confirm(page, "Service is back")
    stands(page, "restored")
    choose(page, "review")
    for part in ("cause", "effect", "improvements"):
        page.fill(f"#act [name={part}]", f"the {part}")
    confirm(page, "Save the review")
    stands(page, "reviewing")
    finish(page, site, number)
    expect(page.locator("#do-close:not([aria-disabled])")).to_be_visible()
    choose(page, "close")
    confirm(page, "Close the incident")
    stands(page, "closed")
    assert page.evaluate("window.notReloaded")


SAFE = {"backup": "configuration", "place": "backup server", "rollback": "load it again"}


def finish(page: Page, site: Site, number: str) -> None:
    """Everything a closing waits for: tasks, clocks, facts, and notices that are out."""
    base = f"/api/v1/incidents/{number}"
    for _ in range(6):
        for task in site.stage.get("ada", f"{base}/tasks").get_json()["items"]:
            if task["state"] == "open":
                if task["risky"]:
                    site.stage.post("ada", f"{base}/tasks/{task['code']}/actions/secure", **SAFE)
                site.stage.post("ada", f"{base}/tasks/{task['code']}/actions/done")
    site.stage.act("ada", number, "facts", feedback="forty calls", measures="crew sent")
    for clock in site.stage.get("ada", base).get_json()["clocks"]:
        if clock["met_at"] is None:
            site.stage.act("ada", number, "clock", code=clock["code"])
    for notice in site.stage.get("ada", f"/api/v1/notices?incident={number}").get_json()["items"]:
        site.stage.post("ada", f"/api/v1/notices/{notice['id']}/actions/withdraw", reason="done by word of mouth")
    site.stage.engine()


@pytest.mark.proves("R14", "R8")
def test_a_forbidden_close_says_why_and_what_would_allow_it(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    site.stage.act("ada", number, "restore", evidence="test calls")
    site.stage.act("ada", number, "review")
    opened(page, site, number)
    button = page.locator("#do-close")
    expect(button).to_have_attribute("aria-disabled", "true")
    button.focus()
    why = page.locator(f"#{button.get_attribute('aria-describedby')}")
    expect(why).to_be_visible()
    expect(why).to_contain_text("the review is not written")
    expect(why).to_contain_text("write cause, effect of the handling and improvements")
    page.keyboard.press("Enter")
    expect(page.locator("#act")).to_contain_text("This is not possible now.")
    expect(page.locator("#act button")).to_have_count(0)


@pytest.mark.proves("R14")
def test_merging_shows_its_consequences_and_a_refusal_keeps_what_was_typed(site: Site, page: Page) -> None:
    number, other = site.stage.responding("CELL-1"), site.stage.responding("CELL-4")
    opened(page, site, number)
    choose(page, "merge")
    page.fill("#act [name=reason]", "one cable")
    page.select_option("#act [name=into]", other)
    expect(page.locator("#act #outlook")).to_contain_text(f"failed elements and their alarms pass to {other}")
    site.stage.act("ada", other, "restore", evidence="test calls")
    page.locator("#act").get_by_role("button", name="Merge into that incident").click()
    expect(page.locator("#act .problem")).to_contain_text("restored")
    expect(page.locator("#act [name=reason]")).to_have_value("one cable")
    third = site.stage.responding("CELL-5")
    page.locator("#act [data-close]").click()
    choose(page, "merge")
    expect(page.locator("#act [name=reason]")).to_have_value("one cable")
    page.select_option("#act [name=into]", third)
    confirm(page, "Merge into that incident")
    stands(page, "merged")


@pytest.mark.proves("B10")
def test_cancelling_warns_of_the_corrections_it_sends(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    site.stage.engine()
    site.stage.deliver(limit=7)  # one page, and six messages of the first notice
    opened(page, site, number)
    choose(page, "cancel")
    expect(page.locator("#act .outlook-grave")).to_contain_text("6 people who were told will get a correction.")
    page.fill("#act [name=reason]", "a test call")
    confirm(page, "Cancel it for good")
    stands(page, "cancelled")


@pytest.mark.proves("R5", "R15", "R17")
def test_a_comment_is_masked_and_found_in_the_journal(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    opened(page, site, number)
    page.fill("[data-comment] [name=text]", "Caller 13812345678 has no dial tone")
    page.click("[data-comment] button")
    expect(page.locator("[data-card=latest] .comment")).to_contain_text("138****5678 has no dial tone")
    expect(page.locator("[data-comment] [name=text]")).to_have_value("")
    assert "13812345678" not in page.content()
    page.get_by_role("link", name="Journal", exact=True).click()
    page.select_option("[name=group]", "comments")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.locator("#journal > li")).to_have_count(1)
    expect(page.locator("#journal")).to_contain_text("138****5678")
    page.fill("[name=words]", "nobody said this")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.locator("#journal")).to_contain_text("No entry is like this.")


@pytest.mark.proves("R6")
def test_a_task_is_read_skipped_with_a_reason_and_taken_up_again(site: Site, page: Page) -> None:
    number = site.stage.responding("CELL-1")
    opened(page, site, number)
    task = page.locator("[data-card='tasks:technical'] li").first
    task.locator("summary").click()
    task.get_by_role("button", name="Skip").click()
    page.fill("#ask [name=answer]", "found already")
    page.click("#ask button[value=ok]")
    expect(task).to_contain_text("found already")
    expect(task.locator("details")).to_have_attribute("open", "")
    task.get_by_role("button", name="Reopen").click()
    page.fill("#ask [name=answer]", "it was not")
    page.click("#ask button[value=ok]")
    expect(task.get_by_role("button", name="Done")).to_be_visible()


@pytest.mark.parametrize(("language", "theme"), [("zh", "dark"), pytest.param("en", "light", marks=pytest.mark.tour)])
def test_journal_briefing_and_forms_fit_every_width_and_have_no_serious_fault(
    site: Site, page: Page, language: str, theme: str
) -> None:
    number = site.stage.responding("CELL-1", "CELL-4")
    site.stage.post("ada", f"/api/v1/incidents/{number}/objectives", text="Hospitals first")
    places = ("", "/journal-page", "/briefing", "/do/transfer", "/do/cancel", "/do/close", "/do/merge", "/do/lower")
    for place in places:
        page.goto(f"{site.url}/incidents/{number}{place}?lang={language}")
        page.evaluate(f"document.documentElement.dataset.bsTheme = '{theme}'")
        for width in (390, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 900})
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (place, width)
        found = Axe().run(page)
        grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, (place, theme, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave])
