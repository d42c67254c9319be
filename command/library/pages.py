"""The playbooks as people read them: an overview, one plan by tier or by department, its editions side by side."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from command.boards.words import WORDS
from command.core.problems import N_, Invalid
from command.improvement import reading
from command.improvement.views import action_out
from command.library import diff, editions, finder, flow, words
from command.library.editions import Edition
from command.messages import costs, policy
from command.people.access import access, here, principal
from command.people.language import language
from command.people.posts import DEPARTMENTS, POSTS
from playbooks import templates
from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Playbook
from playbooks.tasks import Department
from playbooks.texts import Text

pages = Blueprint("playbooks", __name__)


@pages.app_template_filter("said")
def said(text: Text) -> str:
    """A text of a plan in the reader's language."""
    return text.zh if language() == "zh" else text.en


@pages.app_template_filter("minutes")
def minutes(count: int) -> str:
    """Minutes as people say them: 90 is 1 h 30 min."""
    hours, rest = divmod(count, 60)
    units = ("小时", "分钟") if language() == "zh" else (" h", " min")
    parts = [f"{number}{unit}" for number, unit in zip((hours, rest), units, strict=True) if number]
    return ("" if language() == "zh" else " ").join(parts)


@pages.get("/playbooks", endpoint="browse")
@access("read")
def browse() -> ResponseReturnValue:
    """A card for each plan: what it is for, who approved it, how long it holds, which incidents follow it."""
    with here().database.read() as session:
        found, on = editions.everything(session, principal()), editions.today(session)
    plans: dict[str, list[Edition]] = {}
    for edition in found:
        plans.setdefault(edition.plan.code, []).append(edition)
    shown = [(editions.current(each), each) for each in plans.values()]
    states = {edition.id: editions.validity(edition.plan, on) for edition in found}
    return render_template("library/browse.html", plans=shown, states=states, **_words())


@pages.get("/playbooks/<code>", endpoint="plan")
@access("read")
def plan(code: str) -> ResponseReturnValue:
    """One plan: `?tier=` or `?department=` says which side of it, `?version=` which edition, `?q=` what to look for in it."""
    with here().database.read() as session:
        known, on = editions.of_plan(session, principal(), code), editions.today(session)
        most = policy.current(session).texts.warn_segments
        changing = [action_out(session, row, language()) for row in reading.changing(session, code, principal())]
    mark = request.args.get("version")
    edition = editions.chosen(known, mark) if mark else editions.current(known)
    department = request.args.get("department")
    if department is not None and department not in list(Department):
        raise Invalid(N_("There is no such department."), field="department", remedy=N_("Choose one of the tabs."))
    tier = _tier()
    sought = request.args.get("q", "").strip()[:100]
    shown = edition.plan.tier(tier)
    return render_template(
        "library/plan.html",
        edition=edition,
        plan=edition.plan,
        editions=known,
        state=editions.validity(edition.plan, on),
        tier=tier,
        department=department,
        shown=shown,
        flow=flow.draw(shown.tasks, language()),
        box=(flow.WIDTH, flow.HEIGHT),
        notices=_notices(edition.plan, tier, most),
        sought=sought,
        places=finder.find(edition.plan, sought),
        keep={"version": mark} if mark else {},
        changing=changing,
        **_words(),
    )


@pages.get("/playbooks/<code>/compare", endpoint="compare")
@access("read")
def compare(code: str) -> ResponseReturnValue:
    """Two editions of a plan side by side: `?before=` and `?after=` are their ids (left out: the current one, and the one before it)."""
    with here().database.read() as session:
        known = editions.of_plan(session, principal(), code)
    newest = editions.current(known)
    older = known[known.index(newest) + 1 :] or [each for each in known if each is not newest] or [newest]
    before = editions.chosen(known, request.args["before"]) if request.args.get("before") else older[0]
    after = editions.chosen(known, request.args["after"]) if request.args.get("after") else newest
    changes = diff.compare(before.plan, after.plan)
    counts = {what: sum(change.what == what for change in changes) for what in words.WHAT}
    both = {"before": before, "after": after, "changes": changes, "counts": counts}
    return render_template("library/compare.html", code=code, plan=newest.plan, editions=known, **both, **_words())


def _tier() -> int:
    asked = request.args.get("tier", "1")
    if asked not in map(str, TIERS):
        raise Invalid(N_("There is no such tier."), field="tier", remedy=N_("Use 1 (highest) to 4."))
    return int(asked)


def _notices(plan: Playbook, tier: int, most: int) -> list[dict[str, Any]]:
    """The notices of a tier with an example of each language and what it costs on the air."""
    found, shown = [], plan.tier(tier)
    for kind in NoticeKind:
        notice = shown.notices.of(kind)
        sides = []
        for tongue in templates.LANGUAGES:
            text = notice.text.zh if tongue == "zh" else notice.text.en
            advice = shown.advice.zh if tongue == "zh" else shown.advice.en
            example = templates.example(text, tongue, advice=advice)
            sides.append(
                {"language": tongue, "text": text, "example": example, "cost": costs.of(example, tongue, most)}
            )
        found.append({"kind": kind.value, "valid_minutes": notice.valid_minutes, "sides": sides})
    return found


def _words() -> dict[str, Any]:
    posts = {post.value: said for post, said in POSTS.items()}
    return {
        "words": words,
        "codes": {**words.ECHELONS, **words.RESOURCES, **posts, **DEPARTMENTS, **words.QUIET, **words.ANSWERS},
        "tiers": WORDS["tier"],
        "kinds": WORDS["kind"],
        "departments": DEPARTMENTS,
        "posts": posts,
    }
