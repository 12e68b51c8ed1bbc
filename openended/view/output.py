"""Where a picture goes: checked before anything is drawn, written when it is complete."""

from collections.abc import Sequence
from pathlib import Path

from openended.file.errors import Resources, Usage


def target(output: str | Path, endings: Sequence[str]) -> tuple[Path, str]:
    """The picture's path and its ending in lower case. Raises Usage for an ending not listed or a missing folder."""
    place = Path(output)
    ending = place.suffix.lower().removeprefix(".")
    if ending not in endings:
        allowed = ", ".join(f".{name}" for name in endings)
        raise Usage(
            f"{place} ends in {place.suffix or 'nothing'}, which is no picture made here; choose one of {allowed}."
        )
    if not place.parent.is_dir():
        raise Usage(f"{place.parent} is no folder; make it first or choose another place for {place.name}.")
    return place, ending


def write(place: Path, picture: bytes) -> Path:
    """Write a picture, in place of one of that name, and return where it is. Raises Resources if that fails."""
    try:
        place.write_bytes(picture)
    except OSError as error:
        raise Resources(
            f"{place} cannot be written ({error.strerror}); free some space or choose another place."
        ) from error
    return place
