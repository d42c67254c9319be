"""What a text costs before it is sent, for whoever writes it: encoding, characters, segments, and what makes it dear. Pure."""

from dataclasses import dataclass

from command.messages import segments
from command.messages.segments import Encoding


@dataclass(frozen=True, slots=True)
class Cost:
    """The size of a filled text. `forcing` are the characters of an English text that switch it to UCS-2, `plain` the same text without
    them where that can be said (`plain_segments` long). `dear`: more segments than the operator's policy wants."""

    encoding: Encoding
    characters: int
    segments: int
    per_segment: int
    forcing: tuple[str, ...]
    plain: str | None
    plain_segments: int
    dear: bool


def of(text: str, language: str, most: int) -> Cost:
    """The cost of a text; `most` segments are not dear yet. A Chinese text is UCS-2 anyway: no character is to blame."""
    size = segments.count(text)
    blamed = segments.forcing(text) if language == "en" else ()
    plain = segments.plain(text) if blamed else None
    return Cost(
        encoding=size.encoding,
        characters=size.characters,
        segments=size.segments,
        per_segment=size.per_segment,
        forcing=blamed,
        plain=plain,
        plain_segments=segments.count(plain).segments if plain else 0,
        dear=size.segments > most,
    )
