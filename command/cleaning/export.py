"""The operator's references of marked subscribers as CSV, for cleaning in the billing system. Never a number (I10)."""

import csv
import io
from collections.abc import Iterable

from command.cleaning.listing import Marked

COLUMNS = ("reference", "subscriber", "reason", "roads", "times", "first_on", "last_on", "marked_at", "area")


def text(found: Iterable[Marked]) -> str:
    """The file, with a mark that spreadsheets read as UTF-8."""
    out = io.StringIO()
    written = csv.writer(out, lineterminator="\n")
    written.writerow(COLUMNS)
    for each in found:
        days = (each.first_on.isoformat() if each.first_on else "", each.last_on.isoformat() if each.last_on else "")
        said = (each.reason, ";".join(each.roads), each.times, *days)
        written.writerow((each.reference, each.subscriber_id, *said, each.marked_at.isoformat(), each.area))
    return "\ufeff" + out.getvalue()
