"""The library: every version of every plan, read from folders of YAML files."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from playbooks.faults import Fault, Place, SourceError
from playbooks.merging import COMMON, common_lines, merge
from playbooks.nodes import Node, read
from playbooks.schema import Kind, Playbook, digest
from playbooks.source import read_path, validate

SHIPPED = Path(__file__).parent / "library"
_IN_TIER = re.compile(r"^tiers\.[1-4]\b")


class UnknownPlaybook(LookupError):
    """No such plan in the library: check the code and version, or load the folder that holds it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One plan as loaded: the playbook, its digest, and where it was written."""

    playbook: Playbook
    digest: str
    file: str
    tree: Node = field(repr=False, compare=False)
    common: frozenset[int] = field(default=frozenset(), repr=False, compare=False)

    def line(self, *place: str | int) -> int:
        """The line of a field in the file."""
        return self.tree.find(place)[0].line

    def written(self, place: Place) -> Place:
        """The place in the file: a field of a tier may have been written under `all_tiers`."""
        inherited = place[:1] == ("tiers",) and self.line(*place) in self.common
        return (COMMON, *place[2:]) if inherited else place


@dataclass(frozen=True, slots=True)
class Library:
    """All plans known, at most one per code and version, and one code per event kind. `retired` were withdrawn: nothing new follows
    them, but what names them still finds them."""

    sheets: tuple[Sheet, ...]
    retired: tuple[Sheet, ...] = ()

    def get(self, code: str, version: int) -> Playbook:
        """The plan of a running incident. Raises UnknownPlaybook."""
        return self.sheet(code, version).playbook

    def digest(self, code: str, version: int) -> str:
        """SHA-256 of a plan's canonical content, hex. Raises UnknownPlaybook."""
        return self.sheet(code, version).digest

    def sheet(self, code: str, version: int) -> Sheet:
        """A plan with its file. Raises UnknownPlaybook."""
        for sheet in (*self.sheets, *self.retired):
            if (sheet.playbook.code, sheet.playbook.version) == (code, version):
                return sheet
        raise UnknownPlaybook(f"no playbook '{code}' version {version}")

    def current(self, kind: Kind, on: date) -> Playbook:
        """The highest version in force on a day.

        An expired plan is better than none at three in the morning: if no version is in force the newest is given, and
        `checks.expiry` has a finding for it. Raises UnknownPlaybook if there is no plan for the kind.
        """
        versions = sorted(
            (sheet.playbook for sheet in self.sheets if sheet.playbook.kind == kind), key=lambda plan: plan.version
        )
        if not versions:
            raise UnknownPlaybook(f"no playbook for events of kind '{kind}'")
        in_force = [plan for plan in versions if plan.in_force(on)]
        return (in_force or versions)[-1]


def load_library(folders: Iterable[Path] = (SHIPPED,)) -> Library:
    """Read every `*.yaml` of the folders. Raises SourceError with the faults of all files together."""
    sheets, faults = read_sheets(yaml_files(folders))
    if faults:
        raise SourceError(*faults)
    return Library(sheets)


def yaml_files(paths: Iterable[Path]) -> list[Path]:
    """The files named, and the YAML files of the folders named, in the order of their names."""
    found = list[Path]()
    for path in paths:
        inside = [*path.glob("*.yaml"), *path.glob("*.yml")] if path.is_dir() else [path]
        found += sorted(inside)
    return found


def read_sheets(files: Sequence[Path]) -> tuple[tuple[Sheet, ...], tuple[Fault, ...]]:
    """Each file on its own: the sheets that are sound, and the faults of the others."""
    sheets, faults = list[Sheet](), list[Fault]()
    for file in files:
        try:
            sheets.append(load_tree(read_path(file), file.as_posix()))
        except SourceError as error:
            faults += error.faults
    return tuple(sheets), (*faults, *_collisions(sheets))


def load_playbook(text: str, name: str) -> Sheet:
    """One plan from YAML text; `name` stands for the file. Raises SourceError."""
    return load_tree(read(text, name), name)


def load_tree(tree: Node, name: str) -> Sheet:
    """One plan from a parsed tree; `name` stands for the file. Raises SourceError."""
    merged, common = merge(tree, name), common_lines(tree)
    try:
        playbook = validate(merged, name, Playbook)
    except SourceError as error:
        raise SourceError(*_once(error.faults, common)) from None
    return Sheet(playbook, digest(playbook), name, merged, common)


def _once(faults: Iterable[Fault], common: frozenset[int]) -> list[Fault]:
    """A mistake in `all_tiers` shows in every tier; it is told once, where it was written."""
    told = dict[Fault, None]()
    for fault in faults:
        shared = replace(fault, field=_IN_TIER.sub(COMMON, fault.field))
        told[shared if fault.line in common else fault] = None
    return list(told)


def _collisions(sheets: Sequence[Sheet]) -> list[Fault]:
    faults = list[Fault]()
    versions: dict[tuple[str, int], Sheet] = {}
    codes: dict[Kind, Sheet] = {}
    for sheet in sheets:
        plan = sheet.playbook
        twin = versions.setdefault((plan.code, plan.version), sheet)
        if twin is not sheet:
            message = f"'{plan.code}' version {plan.version} is in {twin.file} too"
            faults.append(Fault(sheet.file, sheet.line("version"), "version", message, "Give one a new version."))
        rival = codes.setdefault(plan.kind, sheet)
        if rival.playbook.code != plan.code:
            message = f"'{rival.playbook.code}' in {rival.file} is the plan for '{plan.kind}' already"
            remedy = "Keep one code per kind; write a new version of it instead."
            faults.append(Fault(sheet.file, sheet.line("code"), "code", message, remedy))
    return faults
