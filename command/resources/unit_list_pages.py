"""The page of one stock's units, however many there are: a part of them at a time, by serial number and state."""

from typing import Any

from flask import Blueprint, render_template, request

from command.people.access import access, here
from command.people.language import language
from command.resources import finding, reading, views, words
from command.resources.states import Bucket

pages = Blueprint("resource_stocks", __name__)
PAGE = 100


@pages.get("/resources/stocks/<int:stock_id>")
@access("read")
def units(stock_id: int) -> Any:
    """Units of a stock, those lost and used up too; filtered by a part of the serial number and by where they are counted."""
    asked, state = request.args.get("q", "").strip()[:100], request.args.get("state", "")
    after = max(0, request.args.get("after", 0, type=int))
    state = state if state in list(Bucket) else ""
    with here().database.read() as session:
        finding.stock(session, stock_id)
        line = reading.lines_of(session, [stock_id])[stock_id]
        rows = reading.units(session, stock_id, after=after, limit=PAGE + 1, words=asked, bucket=state)
        shown = views.units_out(session, rows[:PAGE])
        (stock,) = views.stocks_out(session, [line], language())
    context = {"q": asked, "state": state, "after": after, "next": rows[PAGE - 1].id if len(rows) > PAGE else 0}
    return render_template(
        "resources/stock.html", stock=stock, units=shown, buckets=list(Bucket), words=words, **context
    )
