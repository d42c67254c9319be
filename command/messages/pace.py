"""How many calls at once and how much of the rate: additive growth, halved when the gateway says it is too much. Pure."""

from dataclasses import dataclass, field

LEAST_SHARE = 0.05
SHARE_STEP = 0.05
CALM = 1.0
"""Seconds between two halvings, and between two steps of growth: one burst of refusals counts once."""


@dataclass(slots=True)
class Pace:
    """One engine's pace at one gateway. `most` is the configured window; times are seconds of any steady clock."""

    most: int
    window: int = field(init=False)
    share: float = field(init=False, default=1.0)
    pause_until: float = field(init=False, default=0.0)
    _changed: float = field(init=False, default=float("-inf"))

    def __post_init__(self) -> None:
        self.window = self.most

    def throttled(self, at: float, retry_after: float | None = None) -> None:
        """The gateway refused for rate: halve window and share, and wait as long as it asked."""
        self.pause_until = max(self.pause_until, at + (retry_after or 0.0))
        if at - self._changed >= CALM:
            self.window, self.share, self._changed = max(1, self.window // 2), max(LEAST_SHARE, self.share / 2), at

    def accepted(self, at: float) -> None:
        """The gateway took a message: grow again, a step each second."""
        if (self.window < self.most or self.share < 1.0) and at - self._changed >= CALM:
            self.window = min(self.most, self.window + max(1, self.most // 16))
            self.share, self._changed = min(1.0, self.share + SHARE_STEP), at
