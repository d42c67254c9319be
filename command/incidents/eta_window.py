"""When service is expected back, as a range: a range is kept more often than a time. Pure."""

from datetime import UTC, datetime, timedelta

from command.messages.policy import EtaRange


def around(eta: datetime, now: datetime, rule: EtaRange) -> tuple[datetime, datetime] | None:
    """From when until when service is expected: half the width to either side of the ETA, rounded outward to `round_to` minutes, and never
    in the past. None once the ETA is past. Both ends are the same where the policy asks for one time: the ETA, rounded up."""
    if eta <= now:
        return None
    step = timedelta(minutes=rule.round_to)
    half = timedelta(minutes=rule.width_minutes) / 2
    ends = _up(eta + half, step)
    if not half:
        return ends, ends
    begins = max(_down(eta - half, step), _up(now, step))
    return min(begins, ends), ends


_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def _down(at: datetime, step: timedelta) -> datetime:
    return at - (at - _EPOCH) % step


def _up(at: datetime, step: timedelta) -> datetime:
    return at + (_EPOCH - at) % step
