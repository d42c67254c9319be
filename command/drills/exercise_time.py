"""Exercise time: how far a drill has come, in seconds that stand still while it is paused. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Ticking:
    """`elapsed_s` seconds of exercise time had passed at `ticking_from`; since then it runs `speed` times as fast as the clock. It stands
    still where `ticking_from` is None."""

    elapsed_s: float
    ticking_from: datetime | None
    speed: float = 1.0

    def at(self, now: datetime) -> float:
        """Seconds of exercise time at an instant; never less than what had passed."""
        if self.ticking_from is None:
            return self.elapsed_s
        return self.elapsed_s + max(0.0, (now - self.ticking_from).total_seconds()) * self.speed

    def when(self, second: float) -> datetime | None:
        """The instant at which a second of exercise time comes, or came; None while it stands still."""
        if self.ticking_from is None:
            return None
        return self.ticking_from + timedelta(seconds=(second - self.elapsed_s) / self.speed)
