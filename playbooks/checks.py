"""`check`: what is sound in form but will not work, or not for long, with this operator's gateways, posts and rotas."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from playbooks.content import has_link
from playbooks.faults import Fault, Place, dotted
from playbooks.findings import Finding, Level
from playbooks.loader import Library, Sheet, read_sheets, yaml_files
from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Kind, Page, Playbook, TierPlan
from playbooks.templates import LANGUAGES, example
from playbooks.texts import Text

WARN_DAYS = 30


class Gateway(Protocol):
    """What a check needs to know of a transport."""

    @property
    def name(self) -> str: ...
    @property
    def two_way(self) -> bool: ...
    @property
    def url(self) -> bool: ...
    @property
    def voice(self) -> bool: ...
    @property
    def unicode(self) -> bool: ...

    def takes(self, text: str) -> bool:
        """Whether its provider takes a text, or only others that were approved beforehand."""
        ...


@dataclass(frozen=True, slots=True)
class Known:
    """The names this operator uses. None means not known here, and those names are not checked."""

    departments: frozenset[str] | None = None
    posts: frozenset[str] | None = None
    schedules: frozenset[str] | None = None


Remark = tuple[str, str]
"""What is odd, and the remedy."""


@dataclass(frozen=True, slots=True)
class Measures:
    """What an operator's policy has to say: of a notice (its language, and the text with ordinary figures in it), and of a tier of a kind
    of plan (the field it is about beside it). Warnings only."""

    text: Callable[[str, str], Iterable[Remark]]
    tier: Callable[[Kind, int, TierPlan], Iterable[tuple[str, Remark]]]


@dataclass(frozen=True, slots=True)
class _Remark:
    level: Level
    place: Place
    message: str
    remedy: str


def check(
    library: Library,
    gateways: Sequence[Gateway] = (),
    *,
    on: date,
    known: Known = Known(),
    published: Mapping[tuple[str, int], str] | None = None,
    measures: Measures | None = None,
) -> list[Finding]:
    """Every finding about the plans on a day.

    Gateways are checked only if some are given. `published` maps (code, version) to the digest at publication: a
    published version that has changed since is an error.
    """
    findings = dict[Finding, None]()
    for sheet in library.sheets:
        for remark in _remarks(sheet, library, gateways, on, known, published or {}, measures):
            # A value of all_tiers is met in every tier and told once.
            findings[_finding(sheet, remark)] = None
    return list(findings)


def missing_kinds(library: Library) -> list[Kind]:
    """Event kinds for which the library has no plan; R1 wants one for each."""
    covered = {sheet.playbook.kind for sheet in library.sheets}
    return [kind for kind in Kind if kind not in covered]


def check_paths(
    paths: Iterable[Path],
    *,
    on: date,
    gateways: Sequence[Gateway] = (),
    known: Known = Known(),
    measures: Measures | None = None,
) -> list[Fault | Finding]:
    """The faults of files and folders, and the findings about the plans in them that are sound in form.

    A folder must hold a plan for every event kind; a single file need not.
    """
    given = list(paths)
    files = yaml_files(given)
    sheets, faults = read_sheets(files)
    library = Library(sheets)
    gaps = list[Fault]()
    if not faults and (folders := [path for path in given if path.is_dir()]):
        gaps = [_gap(folders[0], kind) for kind in missing_kinds(library)]
    return [*faults, *gaps, *check(library, gateways, on=on, known=known, measures=measures)]


def _gap(folder: Path, kind: Kind) -> Fault:
    return Fault(folder.as_posix(), 1, "kind", f"no plan for '{kind}'", "Add one; every event kind needs a plan.")


def expiry(playbook: Playbook, on: date) -> tuple[Level, str] | None:
    """Whether a plan is out of force on a day or will be within 30 days, and how to say so."""
    if on > playbook.expires:
        return Level.error, f"expired on {playbook.expires}"
    if on < playbook.issued:
        return Level.warning, f"not in force before {playbook.issued}"
    if playbook.expires - on <= timedelta(days=WARN_DAYS):
        return Level.warning, f"expires on {playbook.expires}, in {(playbook.expires - on).days} days"
    return None


def _finding(sheet: Sheet, remark: "_Remark") -> Finding:
    plan, line = sheet.playbook, sheet.line(*remark.place)
    place = dotted(sheet.written(remark.place))
    return Finding(remark.level, plan.code, plan.version, sheet.file, line, place, remark.message, remark.remedy)


def _remarks(
    sheet: Sheet,
    library: Library,
    gateways: Sequence[Gateway],
    on: date,
    known: Known,
    published: Mapping[tuple[str, int], str],
    measures: Measures | None,
) -> Iterator["_Remark"]:
    plan = sheet.playbook
    if library.current(plan.kind, on) == plan and (found := expiry(plan, on)):
        yield _Remark(found[0], ("expires",), found[1], "Review the plan and issue its next version.")
    if plan.approved_on is None:
        yield _Remark(Level.warning, ("approved_by",), "nothing says when it was approved", "Add 'approved_on: <day>'.")
    if published.get((plan.code, plan.version), sheet.digest) != sheet.digest:
        message = f"version {plan.version} is published and has been changed since"
        yield _Remark(Level.error, ("version",), message, "Undo the change, or write it as the next version.")
    yield from _silent_tiers(plan)
    yield from _unknown_names(plan, known)
    if measures is not None:
        for number in TIERS:
            yield from _measured(plan, number, measures)
    if gateways:
        for number in TIERS:
            yield from _gateway_remarks(plan, number, gateways)


def _measured(plan: Playbook, number: int, measures: Measures) -> Iterator["_Remark"]:
    tier, place = plan.tier(number), ("tiers", str(number))
    for field, (message, remedy) in measures.tier(plan.kind, number, tier):
        yield _Remark(Level.warning, (*place, field), message, remedy)
    for kind in NoticeKind:
        text = tier.notices.of(kind).text
        for language in LANGUAGES:
            words, advice = (text.zh, tier.advice.zh) if language == "zh" else (text.en, tier.advice.en)
            for message, remedy in measures.text(language, example(words, language, advice=advice)):
                at = (*place, "notices", kind, "text", language)
                yield _Remark(Level.warning, at, message, remedy)


def _silent_tiers(plan: Playbook) -> Iterator["_Remark"]:
    for number in TIERS:
        if plan.tier(number).script is None:
            remedy = "Write what they say under all_tiers.script."
            yield _Remark(Level.warning, ("tiers", str(number)), "agents have no script", remedy)


def _unknown_names(plan: Playbook, known: Known) -> Iterator["_Remark"]:
    for place, name in _departments(plan):
        yield from _unknown("department", place, name, known.departments)
    for place, name in _posts(plan):
        yield from _unknown("post", place, name, known.posts)
    for place, sort, name in _targets(plan):
        names = {"oncall": known.schedules, "post": known.posts}.get(sort)
        yield from _unknown("schedule" if sort == "oncall" else sort, place, name, names)


def _unknown(sort: str, place: Place, name: str, names: frozenset[str] | None) -> Iterator["_Remark"]:
    if names is not None and name not in names:
        remedy = f"Use one of: {', '.join(sorted(names))}." if names else f"Set up the {sort} first."
        yield _Remark(Level.error, place, f"unknown {sort} '{name}'", remedy)


def _departments(plan: Playbook) -> Iterator[tuple[Place, str]]:
    yield ("owner",), plan.owner
    for number in TIERS:
        for index, task in enumerate(plan.tier(number).tasks):
            yield ("tiers", str(number), "tasks", index, "department"), task.department


def _posts(plan: Playbook) -> Iterator[tuple[Place, str]]:
    yield ("approved_by",), plan.approved_by
    for index, role in enumerate(plan.organisation):
        yield ("organisation", index, "post"), role.post
    for number in TIERS:
        for field, bulletin in plan.tier(number).bulletins:
            yield ("tiers", str(number), "bulletins", field, "approver"), bulletin.approver


def _targets(plan: Playbook) -> Iterator[tuple[Place, str, str]]:
    for number in TIERS:
        for index, page in enumerate(plan.tier(number).pages):
            for place, sort, name in page.targets():
                yield ("tiers", str(number), "pages", index, *place), sort, name


def _gateway_remarks(plan: Playbook, number: int, gateways: Sequence[Gateway]) -> Iterator["_Remark"]:
    tier, place = plan.tier(number), ("tiers", str(number))
    for index, page in enumerate(tier.pages):
        yield from _page_remarks(page, (*place, "pages", index), gateways)
    gateways = [gateway for gateway in gateways if not gateway.voice]
    texts = [((*place, "notices", kind, "text"), tier.notices.of(kind).text) for kind in NoticeKind]
    for at, text in [*texts, ((*place, "advice"), tier.advice)]:
        yield from _text_remarks(text, at, gateways)
    for at, text in texts:
        yield from _approval_remarks(text, tier.advice, at, gateways)


def _page_remarks(page: Page, place: Place, gateways: Sequence[Gateway]) -> Iterator["_Remark"]:
    if page.by == "voice" and not any(gateway.voice for gateway in gateways):
        yield _Remark(Level.error, (*place, "by"), "no gateway can call by voice", "Set up one, or write 'by: sms'.")
    if page.reply_code and page.by == "sms":
        texting = [gateway for gateway in gateways if not gateway.voice]
        deaf = [gateway.name for gateway in texting if not gateway.two_way]
        remedy = "Write 'reply_code: false' to page with a link, or route pages over a two-way gateway."
        yield from _lacking(deaf, texting, (*place, "target"), "bring a reply code back", remedy)


def _text_remarks(text: Text, place: Place, gateways: Sequence[Gateway]) -> Iterator["_Remark"]:
    narrow = [gateway.name for gateway in gateways if not gateway.unicode]
    remedy = "Route notices over a gateway with unicode."
    yield from _lacking(narrow, gateways, (*place, "zh"), "carry Chinese", remedy)
    stripping = [gateway.name for gateway in gateways if not gateway.url]
    for language, words in (("zh", text.zh), ("en", text.en)):
        if has_link(words):
            remedy = "Name the hotline instead of the link."
            yield from _lacking(stripping, gateways, (*place, language), "carry a link", remedy)


def _approval_remarks(text: Text, advice: Text, place: Place, gateways: Sequence[Gateway]) -> Iterator["_Remark"]:
    """What gateways that take only texts approved beforehand say of a text with ordinary figures in it."""
    for language in LANGUAGES:
        words = example(getattr(text, language), language, advice=getattr(advice, language))
        refusing = [each.name for each in gateways if not each.takes(words)]
        remedy = "Have it approved and list it in the gateway's approved_texts, or write one that is listed."
        yield from _lacking(refusing, gateways, (*place, language), "carry a text that was not approved", remedy)


def _lacking(
    lacking: list[str], gateways: Sequence[Gateway], place: Place, what: str, remedy: str
) -> Iterator["_Remark"]:
    if len(lacking) == len(gateways):
        yield _Remark(Level.error, place, f"no gateway can {what}", remedy)
    elif lacking:
        yield _Remark(Level.warning, place, f"cannot {what}: {', '.join(lacking)}", remedy)
