"""The tour: every page as people see it, at their width, in their theme and language; nothing overflows, axe finds nothing grave.

One width of the wall and one of the phone are part of `make test`; `make test-tour` walks all twelve ways through."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page

from command.app import create_app
from command.core.installation import Installation
from tests.browser import scenery
from tests.browser.accessible import assert_accessible
from tests.browser.conftest import Site, sign_in
from tests.browser.scenery import Scenery

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1280, 1920)
ELSEWHERE = {
    "/": "leads to the command board",
    "/sign-in": "shown before signing in; see test_frame.py",
}
"""Addresses that are no page of their own, and why."""


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody looks at the pages."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


SHORT = (Way(1920, "dark", "zh"), Way(390, "dark", "zh"))
LONG = tuple(
    Way(width, theme, language) for width in WIDTHS for theme in ("dark", "light") for language in ("zh", "en")
)


@pytest.fixture
def shown(site: Site) -> Scenery:
    """The small operator on a bad day: something of everything that pages show."""
    return scenery.built(site.stage)


@pytest.fixture
def visitor(chromium: Browser, site: Site) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    sign_in(context.new_page(), site)
    yield context
    context.close()


def walked(site: Site, shown: Scenery, visitor: BrowserContext, way: Way) -> None:
    """Open every page this way and look at it as axe and a ruler do."""
    page = visitor.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if said.type == "error" else None)
    page.set_viewport_size({"width": way.width, "height": 900})
    site.stage.person("ada", theme=way.theme, language=way.language)
    for address in shown.addresses:
        answer = page.goto(site.url + address)
        assert answer is not None and answer.status == 200, (address, answer and answer.status)
        looked_at(page, f"{address} {way}")
    assert not faults, faults
    page.close()


def looked_at(page: Page, what: str) -> None:
    page.wait_for_load_state("load")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, f"{what} is {wider} px wider than the screen"
    assert_accessible(page, what)


@pytest.mark.proves("D2", "D7", "R15")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", SHORT, ids=str)
def test_every_page_fits_and_can_be_used_by_everybody(
    site: Site, shown: Scenery, visitor: BrowserContext, way: Way
) -> None:
    walked(site, shown, visitor, way)


@pytest.mark.tour
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", LONG, ids=str)
def test_every_page_in_every_width_theme_and_language(
    site: Site, shown: Scenery, visitor: BrowserContext, way: Way
) -> None:
    walked(site, shown, visitor, way)


def test_no_page_is_left_out_of_the_tour(installation: Installation, shown: Scenery) -> None:
    visited = [re.sub(r"\?.*", "", address) for address in shown.addresses]
    left_out = [rule for rule in pages(create_app(installation)) if not any(matches(rule, each) for each in visited)]
    assert [rule for rule in left_out if rule not in ELSEWHERE] == []


def pages(app: Flask) -> list[str]:
    """The addresses that answer a GET with a page."""
    return [
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.rule.startswith(scenery.NO_PAGES)
    ]


def matches(rule: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", rule), address) is not None
