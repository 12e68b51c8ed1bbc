"""Numbers as people read them."""

import math


def duration(seconds: float) -> str:
    """Such as `12s`, `4m10s`, `3h05m`, `2d04h`; `-` if it has no end."""
    if not math.isfinite(seconds):
        return "-"
    whole = max(0, round(seconds))
    for unit, size, below, part in (("d", 86400, "h", 3600), ("h", 3600, "m", 60), ("m", 60, "s", 1)):
        if whole >= size:
            return f"{whole // size}{unit}{whole % size // part:02d}{below}"
    return f"{whole}s"


def count(value: float) -> str:
    """A large number by its first three digits, such as `951`, `12.3k`, `203k`, `4.56M`."""
    for size, letter in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            scaled = value / size
            return f"{scaled:.{2 if scaled < 9.995 else 1 if scaled < 99.95 else 0}f}{letter}"
    return f"{value:.0f}"


def number(value: float | None, decimals: int = 1) -> str:
    """Such as `1,803.4`; `-` if there is none, or it is not finite."""
    return "-" if value is None or not math.isfinite(value) else f"{value:,.{decimals}f}"
