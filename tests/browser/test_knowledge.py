"""What was solved before, on the pages: searched, judged on an incident, completed by whoever knows better."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def closed(site: Site) -> str:
    stage = site.stage
    number = stage.report(
        by="dou", elements=["CELL-1"], summary="Fibre cable cut at the bridge", feedback="calls", measures="crew"
    )
    for action, body in (
        ("assess", {}),
        ("restore", {"evidence": "test calls succeed"}),
        ("review", {"cause": "An excavator", "effect": "Spliced in two hours", "improvements": "Mark the route"}),
        ("close", {}),
    ):
        assert stage.act("dou", number, action, **body) == 200, action
    return number


@pytest.mark.proves("R24")
def test_a_solved_problem_is_found_offered_judged_and_completed(site: Site, page: Page) -> None:
    closed(site)
    page.goto(f"{site.url}/knowledge?lang=en")
    page.fill("#q", "光缆")
    expect(page.locator(".solved-row h2")).to_have_text("Fibre cable cut at the bridge")
    page.fill("#q", "a flood")
    expect(page.locator(".nothing-found")).to_be_visible()
    page.fill("#q", "excavator")
    page.get_by_role("link", name="Fibre cable cut at the bridge").click()
    expect(page.locator("article.knowledge")).to_contain_text("Spliced in two hours")
    page.get_by_role("link", name="Complete or correct").click()
    page.fill("#title_zh", "桥边光缆被挖断")
    page.get_by_role("button", name="Keep this version").click()
    expect(page.locator(".versions summary")).to_contain_text("2")
    number = site.stage.report(area="800201", elements=["CELL-4"], summary="cable cut by roadworks")
    page.goto(f"{site.url}/incidents/{number}/similar?lang=en")
    expect(page.get_by_role("button", name="This helped")).to_be_visible()
    page.goto(f"{site.url}/incidents/report?lang=en")
    page.keyboard.type("cable cut")
    expect(page.locator("#solved")).to_contain_text("Fibre cable cut at the bridge")


@pytest.mark.tour
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_pages_fit_every_width_and_have_no_serious_fault(site: Site, page: Page, language: str) -> None:
    closed(site)
    for address in ("/knowledge", "/knowledge/1", "/knowledge/1/edit"):
        for width in (390, 1280, 1920):
            page.set_viewport_size({"width": width, "height": 844})
            page.goto(f"{site.url}{address}?lang={language}")
            wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wider <= 0, (address, width)
        found = Axe().run(page)
        grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
        assert not grave, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave]
