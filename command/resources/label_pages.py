"""A sheet of QR labels to print."""

from typing import Any

from flask import Blueprint, render_template, request

from command.people.access import access, here
from command.people.language import language
from command.resources import finding, labels
from command.resources.asked import Strict
from command.resources.forms import given, valid

pages = Blueprint("resource_labels", __name__)


class SheetIn(Strict):
    """Which pool, by its code, and after which unit the sheet begins."""

    pool: str = ""
    after: int = 0


@pages.get("/resources/labels")
@access("read")
def sheet() -> Any:
    """The labels of a pool's units, a sheet of A4 at a time."""
    asked = valid(SheetIn, given(request.args, "pool", "after"))
    after = min(max(asked.after, 0), 2**62)
    with here().database.read() as session:
        pool = finding.pool_of_code(session, asked.pool)
        found = labels.of_pool(session, pool.id, here().settings.origin, language(), after=after)
        more = found and labels.of_pool(session, pool.id, "", language(), after=found[-1].unit_id)
        context = {"pool_id": pool.id, "code": pool.code, "labels": found}
    following = found[-1].unit_id if more else None
    return render_template("resources/labels.html", after=after, following=following, **context)
