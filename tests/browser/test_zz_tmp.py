import pytest
from playwright.sync_api import Browser
from tests.browser import scenery
from tests.browser.conftest import Site, sign_in
from tests.browser.test_tour import LONG, looked_at, looks
from command.people.language import HTML

pytestmark = [pytest.mark.browser, pytest.mark.slow]

@pytest.mark.timeout(900)
def test_mine(site: Site, chromium: Browser) -> None:
    code = scenery.going_on(site.stage)
    failed = []
    for way in LONG:
        context = chromium.new_context(viewport={"width": way.width, "height": 900}, locale=HTML[way.language], color_scheme=way.theme, reduced_motion="reduce")
        page = context.new_page()
        sign_in(page, site)
        looks(site, way)
        page.on("pageerror", lambda error: failed.append(f"{page.url}: {error}"))
        for each in (*scenery.OF_DRILL, "/board/exercise", "/board"):
            try:
                looked_at(page, site.url + each.format(code), 200, way)
            except AssertionError as fault:
                failed.append(f"{way} {each}: {fault}")
        context.close()
    assert not failed, "\n".join(failed)
