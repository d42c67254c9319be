"""Finding a case, keeping the search, taking a copy, reading the file: with keyboard and mouse, at every width."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1920)


@pytest.fixture
def numbers(site: Site) -> list[str]:
    cut = site.stage.report(elements=["CELL-1"], summary="光缆被施工挖断，致电13812345678")
    return [cut, site.stage.report(elements=["CELL-4"], summary="power failure in the exchange")]


@pytest.mark.proves("R17")
def test_somebody_finds_a_case_keeps_the_search_and_takes_a_copy(
    site: Site, page: Page, numbers: list[str], tmp_path: Path
) -> None:
    page.goto(f"{site.url}/archive?lang=en")
    expect(page.locator(".case")).to_have_count(2)
    page.fill("#text", "光缆")
    page.keyboard.press("Enter")
    expect(page.locator(".case")).to_have_count(1)
    expect(page.locator("mark").first).to_have_text("光缆")
    expect(page.locator(".hits")).to_contain_text("138****5678")
    page.click(".take details summary")
    page.fill("#name", "Cuts")
    page.check("[name=standard]")
    page.click(".keep form:first-child button")
    expect(page.locator(".kept .chip")).to_contain_text("Cuts")
    page.goto(f"{site.url}/archive")
    expect(page.locator(".case")).to_have_count(1)
    with page.expect_download() as started:
        page.click("form[data-export] button")
    started.value.save_as(tmp_path / "copy.csv")
    copy = (tmp_path / "copy.csv").read_text("utf-8-sig")
    assert copy.startswith("# Tocsin") and numbers[0] in copy and numbers[1] not in copy
    expect(page.locator("form[data-export] output")).to_contain_text("1 ")
    page.click(".chips .chip")
    expect(page.locator(".case")).to_have_count(2)


@pytest.mark.proves("R17")
@pytest.mark.tour
@pytest.mark.parametrize("width", WIDTHS)
def test_the_archive_fits_and_is_accessible(site: Site, page: Page, numbers: list[str], width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for address in ("/archive?text=光缆&tier=4", "/archive?text=unicorn", f"/archive/{numbers[0]}"):
        page.goto(f"{site.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, f"{address}: {found.generate_report()}"
