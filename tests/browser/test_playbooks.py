"""Reading a plan: by tier, by department, in search of a word, on a phone and on a wall."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1920)
PLAN = "/playbooks/network_fault"


@pytest.mark.proves("R1")
def test_somebody_reads_a_plan_from_the_overview_to_a_department(site: Site, page: Page) -> None:
    page.goto(f"{site.url}/playbooks")
    expect(page.locator(".plan-card")).to_have_count(5)
    page.locator(".plan-card h2 a").nth(1).click()
    expect(page.locator(".flow-box").first).to_be_visible()
    assert page.locator(".flow-line").count() == 4
    page.locator(".tabs a").nth(3).click()
    expect(page.locator(".tabs [aria-current] .tier")).to_have_class("tier tier-4")
    page.locator(".tabs a").nth(4).click()
    expect(page.locator(".by-tier .tier")).to_have_count(4)
    page.fill("#q", "Wi-Fi")
    page.keyboard.press("Enter")
    expect(page.locator(".places-found mark").first).to_have_text("Wi-Fi")


@pytest.mark.proves("R1")
@pytest.mark.tour
@pytest.mark.parametrize("width", WIDTHS)
def test_the_playbooks_fit_and_are_accessible(site: Site, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/playbooks", f"{PLAN}?tier=1", f"{PLAN}?department=technical", f"{PLAN}/compare"):
        page.goto(f"{site.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
