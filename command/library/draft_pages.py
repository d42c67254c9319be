"""A version of a plan that is being written beside the one it began from."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from command.boards.words import WORDS
from command.core.problems import N_, NotFound
from command.incidents import house
from command.library import diff, words
from command.people.access import access, here
from command.people.posts import DEPARTMENTS, POSTS
from command.plans import service, sound
from playbooks.loader import UnknownPlaybook

pages = Blueprint("written_plans", __name__)


@pages.get("/plans/<int:work_id>/compare")
@access("read")
def written(work_id: int) -> ResponseReturnValue:
    """What a version changes of the one it began from, clause by clause, in both languages."""
    with here().database.read() as session:
        row = service.find(session, work_id)
        try:
            before = house.library(session).get(row.code, row.based_on or 0)
        except UnknownPlaybook:
            raise NotFound(
                N_("There is nothing to compare this plan with."), remedy=N_("It was begun from nothing.")
            ) from None
        after = sound.plan(session, row)
    changes = diff.compare(before, after)
    posts = {post.value: said for post, said in POSTS.items()}
    return render_template(
        "plans/compare.html",
        work=row,
        before=before,
        after=after,
        changes=changes,
        counts={what: sum(change.what == what for change in changes) for what in words.WHAT},
        words=words,
        codes={**words.ECHELONS, **words.RESOURCES, **posts, **DEPARTMENTS, **words.QUIET, **words.ANSWERS},
        tiers=WORDS["tier"],
        posts=posts,
        departments=DEPARTMENTS,
    )
