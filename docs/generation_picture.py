"""The picture of one generation, an SVG that is readable on light and on dark pages; see `docs/generation.py`."""

from collections.abc import Mapping

STYLE = """<style>
.page { fill: #faf9f6 } .box { fill: #ffffff; stroke: #b9bec6 } .rail { fill: #e8eaee }
text { fill: #2d3037 } .dim { fill: #5b6470 } .line { stroke: #5b6470; fill: none } .tip { fill: #5b6470 }
.a { fill: #7aa6d8 } .b { fill: #8cc39a } .c { fill: #e0a873 } .d { fill: #b79bd0 }
@media (prefers-color-scheme: dark) {
.page { fill: #1c1f24 } .box { fill: #262a31; stroke: #4a525c } .rail { fill: #363c46 }
text { fill: #e6e8eb } .dim { fill: #a9b1bc } .line { stroke: #a9b1bc } .tip { fill: #a9b1bc }
.a { fill: #4d7fb8 } .b { fill: #4f9462 } .c { fill: #b5793f } .d { fill: #8668a6 }
}
</style>"""
WIDTH, HEIGHT, MARGIN, GAP = 960, 470, 24, 22
BOX = (WIDTH - 2 * MARGIN - 3 * GAP) / 4
TOP, TALL = 62, 262
"""Pixels: the boxes' upper edge and height."""


def picture(numbers: Mapping[str, int]) -> str:
    """The SVG. `numbers` are those of `generation.numbers`."""
    n = {name: f"{value:,}" for name, value in numbers.items()}
    columns = [
        ("1  Reproduce", "a", funnel(numbers), [f"{n['eligible']} of {n['pairs']} pairs eligible"]),
        (
            "2, 3  Choose, train",
            "b",
            "",
            [
                f"{n['active']} of {n['pairs after']} pairs active",
                f"{n['resting']} resting (mastered)",
                f"{n['training steps']} training steps",
                f"{n['episodes train']} training episodes",
                f"{n['evaluations']} evaluations",
            ],
        ),
        (
            "4  Transfer",
            "c",
            "",
            [
                f"{n['direct']} direct trials",
                f"{n['direct accepted']} accepted",
                f"{n['proposals']} proposals",
                f"{n['episodes proposals']} training episodes",
                f"{n['proposals accepted']} accepted",
            ],
        ),
        (
            "5, 6  Place, commit",
            "d",
            "",
            [
                f"{n['niches']} niches held",
                f"{n['elites']} new elites:",
                f"{n['admitted']} of new pairs, {n['improved']} better",
                f"{n['rows']} rows, {numbers['bytes'] / 1e3:,.0f} kB",
                f"{numbers['microseconds'] / 1e3:.1f} ms to commit",
            ],
        ),
    ]
    parts = [box(place, *column) for place, column in enumerate(columns)]
    title = f"Generation {n['generation']}: {n['episodes']} episodes, {n['steps']} environment steps"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
            f'font-family="system-ui, sans-serif" role="img" aria-label="{title}">',
            STYLE,
            f'<rect class="page" width="{WIDTH}" height="{HEIGHT}" rx="10"/>',
            text(MARGIN, 38, title, 17, bold=True),
            *parts,
            shares(numbers),
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, size: int = 13, *, bold: bool = False, dim: bool = False) -> str:
    """A line of text that starts at (x, y)."""
    look = (' font-weight="600"' if bold else "") + (' class="dim"' if dim else "")
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}"{look}>{words}</text>'


def box(place: int, title: str, colour: str, inside: str, lines: list[str]) -> str:
    """One step of the generation, with an arrow to the next."""
    x = MARGIN + place * (BOX + GAP)
    parts = [
        f'<rect class="box" x="{x:g}" y="{TOP}" width="{BOX:g}" height="{TALL}" rx="8"/>',
        f'<rect class="{colour}" x="{x:g}" y="{TOP}" width="{BOX:g}" height="6" rx="3"/>',
        text(x + 14, TOP + 34, title, 15, bold=True),
    ]
    parts += [text(x + 14, TOP + 64 + 26 * i, line) for i, line in enumerate(lines)]
    if inside:
        parts.append(f'<g transform="translate({x + 14:g} {TOP + 84})">{inside}</g>')
    if place < 3:
        tip, y = x + BOX + GAP - 3, TOP + TALL / 2
        parts.append(f'<path class="line" d="M{x + BOX + 3:g} {y:g} H{tip - 6:g}" stroke-width="1.6"/>')
        parts.append(f'<path class="tip" d="M{tip - 8:g} {y - 4:g} L{tip:g} {y:g} L{tip - 8:g} {y + 4:g} z"/>')
    return "\n".join(parts)


def funnel(numbers: Mapping[str, int]) -> str:
    """The children that are left after each test, as bars."""
    stages = {
        "children made": numbers["made"],
        "new, in an empty niche": numbers["tested"],
        "met the minimal criterion": numbers["met"],
        "admitted": numbers["admitted"],
    }
    wide, parts = BOX - 28, []
    for i, (name, count) in enumerate(stages.items()):
        y, long = 44 * i, wide * count / max(numbers["made"], 1)
        parts.append(text(0, y + 12, f"{count} {name}"))
        parts.append(f'<rect class="rail" x="0" y="{y + 19}" width="{wide:g}" height="9" rx="4"/>')
        if count:
            parts.append(f'<rect class="a" x="0" y="{y + 19}" width="{long:g}" height="9" rx="4"/>')
    return "\n".join(parts)


def shares(numbers: Mapping[str, int]) -> str:
    """The environment steps of each phase as one bar."""
    y, wide = TOP + TALL + 58, WIDTH - 2 * MARGIN
    parts, x = [text(MARGIN, y - 16, "Environment steps", 13, dim=True)], float(MARGIN)
    label = float(MARGIN)
    for name, colour in (("reproduce", "a"), ("train", "b"), ("transfer", "c")):
        count = numbers[f"steps {name}"]
        long = wide * count / max(numbers["steps"], 1)
        parts.append(f'<rect class="{colour}" x="{x:g}" y="{y}" width="{long:g}" height="22"/>')
        parts.append(f'<rect class="{colour}" x="{label:g}" y="{y + 38}" width="12" height="12" rx="3"/>')
        share = count / max(numbers["steps"], 1)
        parts.append(text(label + 18, y + 49, f"{name}: {count:,} ({share:.0%})"))
        x, label = x + long, label + wide / 3
    return "\n".join(parts)
