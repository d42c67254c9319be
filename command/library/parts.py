"""A plan taken apart into what people call by name: a task, a page, a resource, a notice. Each part has its fields, in words or in both
languages. Comparing plans and searching in them both rest on this. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from playbooks.notices import NoticeKind
from playbooks.schema import TIERS, Page, Playbook, TierPlan
from playbooks.texts import Text

Value = str | Text


@dataclass(frozen=True, slots=True)
class Part:
    """One part: where it stands (`tier` None: in the plan's header), what sort it is, its own id, its title if it has one, its fields."""

    tier: int | None
    sort: str
    id: str
    title: Text | None
    fields: Mapping[str, Value]

    @property
    def key(self) -> tuple[int | None, str, str]:
        return self.tier, self.sort, self.id


def of(plan: Playbook) -> Iterator[Part]:
    """All parts of a plan, in the order in which people read it."""
    yield Part(None, "plan", "header", None, _header(plan))
    for role in plan.organisation:
        yield Part(None, "organisation", role.function, None, {"post": role.post, "duty": role.duty})
    for number in TIERS:
        yield from _of_tier(number, plan.tier(number))


def _header(plan: Playbook) -> dict[str, Value]:
    return {
        "title": plan.title,
        "scope": plan.scope,
        "objects": plan.objects,
        "goal": plan.goal,
        "issued": plan.issued.isoformat(),
        "expires": plan.expires.isoformat(),
        "owner": plan.owner.value,
        "approved_by": plan.approved_by,
        "approved_on": plan.approved_on.isoformat() if plan.approved_on else "",
        "audience_cap": f"{plan.pre_approved.audience_cap:,}",
        "pre_approved": ", ".join(plan.pre_approved.notices),
        "needs_element": "yes" if plan.needs_element else "no",
        "public_advice": plan.public_advice,
    }


def _of_tier(number: int, tier: TierPlan) -> Iterator[Part]:
    yield Part(number, "tier", "tier", None, _tier(tier))
    for task in tier.tasks:
        fields: dict[str, Value] = {"title": task.title, "detail": task.detail, "department": task.department.value}
        fields |= {"due_minutes": str(task.due_minutes), "after": ", ".join(task.after)}
        yield Part(number, "task", task.id, task.title, fields | {"risky": "yes" if task.risky else "no"})
    for page in tier.pages:
        yield Part(number, "page", page.target, None, _page(page))
    for resource in tier.resources:
        fields = {"name": resource.name, "kind": resource.kind, "quantity": str(resource.quantity)}
        fields["type"] = str(resource.type) if resource.type else ""
        yield Part(number, "resource", resource.id, resource.name, fields)
    for kind in NoticeKind:
        notice = tier.notices.of(kind)
        fields = {"valid_minutes": str(notice.valid_minutes), "text": notice.text}
        yield Part(number, "notice", kind.value, None, fields)
    for name, bulletin in tier.bulletins:
        fields = {"recipients": ", ".join(bulletin.recipients), "approver": bulletin.approver}
        fields |= {"within_minutes": str(bulletin.within_minutes), "text": bulletin.text}
        yield Part(number, "bulletin", name, None, fields)


def _tier(tier: TierPlan) -> dict[str, Value]:
    return {
        "echelon": tier.echelon.value,
        "response_mechanism": tier.response_mechanism,
        "default_duration_minutes": str(tier.default_duration_minutes),
        "cadence_minutes": str(tier.cadence_minutes) if tier.cadence_minutes else "",
        "quiet_hours": tier.quiet_hours,
        "technical_support": tier.technical_support,
        "advice": tier.advice,
    }


def _page(page: Page) -> dict[str, Value]:
    steps = " → ".join(f"{step.after_minutes} min {step.target}" for step in page.escalate)
    reply = "yes" if page.reply_code else "no"
    shown: dict[str, Value] = {
        "by": page.by,
        "reply_code": reply,
        "ack_within_minutes": str(page.ack_within_minutes),
        "escalate": steps,
    }
    if page.quiet_minutes is not None:
        shown["quiet_minutes"] = str(page.quiet_minutes)
    return shown
