"""The public status page on a phone and on a desk, light and dark, in both languages."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.proves("R15", "R28")
def test_the_public_sees_what_is_out_of_order_on_any_device(site: Site, chromium: Browser) -> None:
    site.stage.responding("CELL-1")
    for width, scheme, language, said in ((390, "light", "zh", "服务中断"), (1280, "dark", "en", "Interrupted")):
        context = chromium.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
        page = context.new_page()
        sent: list[str] = []
        page.on("request", lambda request, kept=sent: kept.append(request.url))
        page.goto(f"{site.url}/status?lang={language}")
        expect(page.locator(".headline")).to_contain_text(said)
        expect(page.locator(".area")).to_have_count(1)
        expect(page.locator(".good li")).to_have_count(1)
        found = Axe().run(page).response["violations"]
        assert [each["id"] for each in found if each["impact"] in ("serious", "critical")] == []
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert all(url.startswith(site.url) for url in sent) and len(sent) <= 3
        assert context.cookies() == []
        context.close()
