"""What must hold of every page a person sees (WCAG 2.2 AA), for the tests of each page and for the tour."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

TARGET = 24
"""Pixels a target has at least in each direction (WCAG 2.5.8)."""
LOOKING = {"resultTypes": ["violations"]}
"""Every rule runs; what is well need not be listed."""
_SMALL = """least => [...document.querySelectorAll('a[href], button, summary, select, input:not([type=hidden]), [role=option]')]
  .filter(each => each.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !each.closest('.skip, .visually-hidden'))
  .map(each => [each, (each.closest('label') || each).getBoundingClientRect()])
  .filter(([each, box]) => box.width && (box.width < least || box.height < least))
  .filter(([each]) => getComputedStyle(each).display !== 'inline')
  .map(([each, box]) => `${each.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def assert_accessible(page: Page) -> None:
    """axe finds nothing serious, nothing is wider than the window, and no target is smaller than a fingertip needs."""
    found = Axe().run(page, options=LOOKING)
    grave = [v for v in found.response["violations"] if v["impact"] in ("serious", "critical")]
    assert not grave, (page.url, [(v["id"], [n["html"][:160] for n in v["nodes"]][:3]) for v in grave])
    assert_fits(page)
    assert_targets(page)


def assert_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, (page.url, page.viewport_size, wider)


def assert_targets(page: Page) -> None:
    """Every target that is no link within a sentence is large enough."""
    small = page.evaluate(_SMALL, TARGET)
    assert not small, (page.url, page.viewport_size, small[:5])
