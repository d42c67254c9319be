"""Whether each act of the authority table has somebody who may do it, and each post somebody who holds it."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy.orm import Session

from command.authority import thin
from command.core.problems import N_
from command.operating.doctor.lines import Line, fault, ok, warning
from command.people import authority_versions
from command.people.authority import Act, Post

NEEDED = (Post.COMMANDER, Post.DUTY_OFFICER, Post.ENGINEER, Post.ADMINISTRATOR)
"""Posts without which no incident is handled or nobody can be let in; the others are missed later."""
GIVE = N_("Give the post to somebody on the page People, or with `tocsin import people`.")


def looked_at(session: Session) -> Iterator[Line]:
    """Against the table in force and everybody active."""
    rows = authority_versions.current(session).rows
    people = thin.workers(session)
    if not people:
        yield fault(
            "people",
            N_("there is nobody"),
            N_("Make an administrator with `tocsin admin create USERNAME`, then import people."),
        )
        return
    able: dict[Act, set[int]] = defaultdict(set)
    for row in rows:
        able[row.act] |= {each.id for each in people if each.posts & set(row.who_may())}
    nobody = sorted(act for act in Act if not able[act])
    if nobody:
        words = N_("nobody active may do: %(acts)s")
        yield fault(
            "authority",
            words,
            N_("Give somebody a post that may, or change the table of authority."),
            acts=", ".join(nobody),
        )
    else:
        yield ok("authority", N_("each of %(count)s acts has somebody who may do it"), count=len(Act))
    held = {post for each in people for post in each.posts}
    for post in Post:
        if post not in held:
            say = fault if post in NEEDED else warning
            yield say("posts", N_("nobody holds the post %(post)s"), GIVE, post=post.value)
    if all(post in held for post in Post):
        yield ok("posts", N_("each post is held by somebody"))
    yield from _thin(thin.found(rows, people))


def _thin(found: list[thin.Thin]) -> Iterator[Line]:
    """At how many levels an act hangs on one person or none; one line for each level."""
    acts: dict[str, set[Act]] = defaultdict(set)
    for each in found:
        acts[each.level] |= set(each.acts)
    for level, those in acts.items():
        words = N_("at the level %(level)s one person alone, or nobody whose area is as wide, may do %(count)s acts")
        yield warning(
            "authority",
            words,
            N_("`tocsin authority load` and the page of the table name them."),
            level=level,
            count=len(those),
        )
