"""Numbers that take no SMS, by eye and by hand: readable in both themes at both widths, a mark cleared and set again."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.access import assert_accessible
from tests.browser.conftest import Site
from tests.browser.test_frame import SIZES, choose_theme
from tests.cleaning.conftest import mark_some

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.proves("R19", "B4")
def test_marks_are_read_cleared_and_set_again(site: Site, page: Page) -> None:
    site.stage.database.write(mark_some, actor="system:test")
    for theme, tongue in (("light", "zh"), ("dark", "en")):
        choose_theme(page, site, theme)
        page.goto(f"{site.url}/numbers/bad?lang={tongue}")
        for size in SIZES:
            page.set_viewport_size(size)
            assert_accessible(page)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (tongue, size)
    row = page.get_by_role("row").filter(has_text="ACC-002")
    row.get_by_text("Clear", exact=True).first.click()
    row.get_by_label("Why the mark is wrong").fill("the customer rang")
    row.get_by_role("button", name="Clear").click()
    expect(page.get_by_text("Cleared: they are told again.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="ACC-002")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("row").filter(has_text="ACC-002")).to_be_visible()
