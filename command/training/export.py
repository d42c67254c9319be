"""The matrix and the records as CSV in the reader's language. A cell that a spreadsheet would compute is kept from it."""

import csv
import io
from collections.abc import Iterable, Sequence

from flask_babel import gettext

from command.core.problems import N_
from command.people import language
from command.people.posts import DEPARTMENTS, POSTS
from command.resources.imports import runs
from command.training import words
from command.training.rules import Topic
from command.training.views import LineOut, RecordOut

HEADS = (N_("Person"), N_("Username"), N_("Department"), N_("Area"), N_("Posts"))
RECORDS = (
    *(N_("Number"), N_("Person"), N_("Username"), N_("Topic"), N_("Done on"), N_("Valid until"), N_("Minutes")),
    *(N_("Score"), N_("Source"), N_("Earlier number"), N_("Revoked"), N_("Reason")),
)


def matrix(lines: Iterable[LineOut]) -> str:
    """Two columns a topic: how somebody stands, and until when it holds or by when it is due."""
    heads = [gettext(head) for head in HEADS]
    for topic in Topic:
        name = gettext(words.TOPICS[topic])
        heads += [name, gettext("%(topic)s: until", topic=name)]
    rows = []
    for line in lines:
        posts = ", ".join(gettext(POSTS[post]) for post in line.posts)  # type: ignore[index]
        department = gettext(DEPARTMENTS[line.department]) if line.department in DEPARTMENTS else ""
        row = [line.name, line.person, department, line.area or "", posts]
        for cell in line.cells:
            row += [gettext(words.STANDS[cell.stands]), str(cell.by or cell.until or "")]
        rows.append(row)
    return _written(heads, rows)


def records(found: Iterable[RecordOut]) -> str:
    """A line a record, revoked ones too; days are those of the reader's zone."""
    rows = [
        [
            *(each.number, each.name, each.person, gettext(words.TOPICS[each.topic]), str(each.done_on)),
            *(str(each.expires_on), str(each.minutes), "" if each.score is None else str(each.score)),
            *(gettext(words.SOURCES[each.source]), each.reference),  # type: ignore[index]
            *(str(each.revoked_at.astimezone(language.zone()).date()) if each.revoked_at else "", each.reason),
        ]
        for each in found
    ]
    return _written([gettext(head) for head in RECORDS], rows)


def _written(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow(heads)
    for row in rows:
        writer.writerow(["'" + cell if runs(cell) else cell for cell in row])
    return made.getvalue()
