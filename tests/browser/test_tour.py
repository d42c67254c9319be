"""The tour: every page as people see it, at their width, in their theme and language. axe finds nothing grave, nothing overflows, no
target is too small, no script fails, and no English is left on a Chinese page.

`make test-tour` walks all twelve ways, `make test-short` that of a phone in the dark. What people do on the pages is in the other files
of this folder, and part of `make test`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page
from sqlalchemy import update

from command.app import create_app
from command.core.installation import Installation
from command.people.language import HTML
from command.people.models import Person
from tests.browser import scenery
from tests.browser.access import assert_accessible
from tests.browser.conftest import Site, sign_in
from tests.browser.scenery import NO_PAGES, PARTS, Scenery

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDTHS = (390, 1280, 1920)


@dataclass(frozen=True, slots=True)
class Way:
    """How somebody looks at the pages."""

    width: int
    theme: str
    language: str

    def __str__(self) -> str:
        return f"{self.width}-{self.theme}-{self.language}"


WAYS = tuple(Way(width, theme, said) for width in WIDTHS for theme in ("dark", "light") for said in ("zh", "en"))


@pytest.fixture
def shown(site: Site) -> Scenery:
    return scenery.built(site.stage)


@pytest.fixture
def visitor(chromium: Browser, way: Way) -> Iterator[BrowserContext]:
    """A browser of this width, whose own language and theme are those too: for pages that nobody signs in to."""
    size = {"width": way.width, "height": 900}
    tongue = HTML[way.language]
    context = chromium.new_context(viewport=size, locale=tongue, color_scheme=way.theme, reduced_motion="reduce")  # type: ignore[arg-type]
    yield context
    context.close()


def walked(site: Site, shown: Scenery, visitor: BrowserContext, way: Way) -> None:
    """Open every page this way, and look at it as axe, a ruler and a reader do."""
    page = visitor.new_page()
    sign_in(page, site)
    looks(site, way)
    failed: list[str] = []
    page.on("pageerror", lambda error: failed.append(f"{page.url}: {error}"))
    page.on(
        "request", lambda asked: failed.append(asked.url) if not asked.url.startswith((site.url, "data:")) else None
    )
    for address in shown.addresses:
        try:
            looked_at(page, site.url + address + own_language(address, way), 404 if address == "/nowhere" else 200, way)
        except AssertionError as fault:
            failed.append(f"{address}: {fault}")
    assert not failed, "\n".join(failed)


def own_language(address: str, way: Way) -> str:
    """What public pages need to be in this language: they follow their address, for they are the same for everybody or a customer's."""
    return f"?lang={way.language}" if address.startswith(("/status", "/c/", "/b/")) else ""


def looked_at(page: Page, url: str, status: int, way: Way) -> None:
    answer = page.goto(url)
    assert answer is not None
    assert answer.status == status
    assert_accessible(page)
    assert page.locator("html").get_attribute("lang") == HTML[way.language]


def looks(site: Site, way: Way) -> None:
    """Let the commander and the engineer prefer this theme and language."""
    mine = update(Person).values(theme=way.theme, language=way.language)
    site.stage.database.write(lambda session: session.execute(mine))


@pytest.mark.tour
@pytest.mark.proves("D2", "D7", "R15", "R17", "R28")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("way", WAYS, ids=str)
def test_every_page_fits_and_can_be_used_by_everybody(
    site: Site, shown: Scenery, visitor: BrowserContext, way: Way
) -> None:
    walked(site, shown, visitor, way)


def test_no_page_is_left_out_of_the_tour(installation: Installation, shown: Scenery) -> None:
    visited = [address.partition("?")[0] for address in shown.addresses]
    rules = pages(create_app(installation))
    assert set(PARTS) <= set(rules)
    assert [rule for rule in rules if rule not in PARTS and not any(matches(rule, each) for each in visited)] == []


def pages(app: Flask) -> list[str]:
    """The addresses that answer a GET to somebody with a browser."""
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())]
    return [rule.rule for rule in rules if not rule.rule.startswith(NO_PAGES)]


def matches(rule: str, address: str) -> bool:
    return re.fullmatch(re.sub(r"<[^>]+>", "[^/]+", rule), address) is not None
