"""What the form of filters offers, and what stands in it, for all pages with charts."""

from typing import Any

from flask_babel import gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from command.boards.words import WORDS
from command.incidents.models import KINDS
from command.insights import charts, comparison, filters
from command.network.models import Area, Service

NAMES = (*filters.NAMES, *comparison.NAMES)
KEPT = ("from", "to", "tier", "kind", "area", "service")
"""What a page hands on to the others."""


def choices(session: Session) -> dict[str, Any]:
    """Areas, services, kinds and tiers to choose from."""
    return {
        "areas": session.scalars(select(Area).order_by(Area.code)).all(),
        "services": session.scalars(select(Service).order_by(Service.bit)).all(),
        "kinds": {kind: gettext(WORDS["kind"][kind]) for kind in KINDS},
        "tiers": {str(tier): gettext(word) for tier, word in charts.TIERS.items()},
    }
