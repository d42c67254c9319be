"""Whether plans fit the operator's notice policy: what their texts cost, and whether their cadence may be kept."""

from collections.abc import Iterator

from command.messages import costs
from command.messages.policy import Policy
from playbooks.checks import Measures, Remark
from playbooks.schema import Kind, TierPlan


def measures(policy: Policy) -> Measures:
    """The checks of a policy, for `playbooks.checks`."""

    def text(language: str, example: str) -> Iterator[Remark]:
        cost = costs.of(example, language, policy.texts.warn_segments)
        if cost.forcing:
            named = ", ".join(f"U+{ord(char):04X} {char}" for char in cost.forcing)
            saved = f" That makes {cost.plain_segments} segments of {cost.segments}." if cost.plain else ""
            yield f"sent as UCS-2 because of {named}", f"Write it with characters of GSM-7.{saved}"
        if cost.dear:
            message = f"{cost.segments} segments ({cost.characters} characters of {cost.encoding})"
            yield message, f"Shorten it to {policy.texts.warn_segments} segments: each is sent to every subscriber."

    def tier(kind: Kind, number: int, plan: TierPlan) -> Iterator[tuple[str, Remark]]:
        pace, promised = policy.cadence.of(number), plan.cadence_minutes
        if promised is not None and promised < pace.gap:
            message = f"promises an update every {promised} minutes, but two may not be closer than {pace.gap}"
            yield "cadence_minutes", (message, f"Write at least {pace.gap}, or change the gap in config/notices.yaml.")
        if promised is not None and pace.every is not None and kind in policy.cadence.kinds and promised > pace.every:
            message = f"promises an update every {promised} minutes; the policy asks for every {pace.every}"
            yield "cadence_minutes", (message, f"Write at most {pace.every}, or change it in config/notices.yaml.")
        if plan.quiet_hours == "pass" and number not in policy.quiet.tiers:
            message = f"asks to pass quiet hours, which tier {number} may not"
            yield "quiet_hours", (message, "Write 'wait', or add the tier to quiet.tiers in config/notices.yaml.")

    return Measures(text, tier)
