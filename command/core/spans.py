"""Spans of time as people say them."""


def spell(seconds: float) -> tuple[str, str]:
    """A span as (figure, unit): s below two minutes, min below two hours, h above."""
    if seconds < 120:
        return f"{seconds:.0f}", "s"
    if seconds < 7200:
        return f"{seconds / 60:.0f}", "min"
    return f"{seconds / 3600:.1f}", "h"
