"""Charts drawn by the server, as SVG in the page: nothing is loaded and no script runs."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, HEIGHT = 720, 200
_LEFT, _BOTTOM, _TOP = 56, 22, 10
_LINES = {1: 5, 2: 4, 5: 5, 10: 5}
"""Into how many steps a chart is cut by the first digits of its top: each is a round value."""
_LABELS = 8


class Bar(NamedTuple):
    label: str
    value: float


def bar_chart(bars: Sequence[Bar], *, title: str, shown: Callable[[float], str]) -> SafeString:
    """Bars over their labels, with lines at round values; `shown` writes a value."""
    top, lines = _round_up(max((bar.value for bar in bars), default=0))
    width = (WIDTH - _LEFT) / max(len(bars), 1)
    every = max(1, -(-len(bars) // _LABELS))
    return format_html(
        '<svg class="costs" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        _lines(top, lines, shown),
        format_html_join(
            "",
            '<rect class="bar" x="{}" y="{}" width="{}" height="{}"><title>{}: {}</title></rect>',
            (
                (
                    f"{_LEFT + place * width + width * 0.1:.1f}",
                    f"{_y(bar.value, top):.1f}",
                    f"{width * 0.8:.1f}",
                    f"{HEIGHT - _BOTTOM - _y(bar.value, top):.1f}",
                    bar.label,
                    shown(bar.value),
                )
                for place, bar in enumerate(bars)
            ),
        ),
        format_html_join(
            "",
            '<text x="{}" y="{}" text-anchor="middle">{}</text>',
            (
                (f"{_LEFT + (place + 0.5) * width:.1f}", HEIGHT - 6, bar.label)
                for place, bar in enumerate(bars)
                if place % every == 0
            ),
        ),
    )


def _lines(top: float, lines: int, shown: Callable[[float], str]) -> SafeString:
    values = [top * step / lines for step in range(lines + 1)]
    return format_html_join(
        "",
        '<line x1="{}" x2="{}" y1="{}" y2="{}"></line>'
        '<text x="{}" y="{}" text-anchor="end">{}</text>',
        (
            (_LEFT, WIDTH, f"{y:.1f}", f"{y:.1f}", _LEFT - 6, f"{y + 4:.1f}", shown(value))
            for value in values
            for y in [_y(value, top)]
        ),
    )


def _y(value: float, top: float) -> float:
    return _TOP + (HEIGHT - _BOTTOM - _TOP) * (1 - value / top)


def _round_up(value: float) -> tuple[float, int]:
    """The next of 1, 2, 5, 10, … that is not below the value, and how many lines it gets."""
    if value <= 0:
        return 1, _LINES[1]
    step = 1.0
    while step > value:
        step /= 10
    while step * 10 < value:
        step *= 10
    return next((step * factor, _LINES[factor]) for factor in _LINES if step * factor >= value)
