"""A sheet of paper for line drawings: millimetres, few strokes, one colour for what this step is about. Plain SVG, same bytes always."""

from collections.abc import Iterable
from html import escape

Point = tuple[float, float]
STYLES = {
    "line": 'fill="none" stroke="#222" stroke-width="0.5"',
    "thin": 'fill="none" stroke="#777" stroke-width="0.25"',
    "dash": 'fill="none" stroke="#777" stroke-width="0.3" stroke-dasharray="2 1.2"',
    "part": 'fill="#fff" stroke="#222" stroke-width="0.35"',
    "done": 'fill="#ececec" stroke="#777" stroke-width="0.25"',
    "now": 'fill="#f7c6b4" stroke="#b3200d" stroke-width="0.6"',
    "wire": 'fill="none" stroke="#b3200d" stroke-width="1.1"',
    "rest": 'fill="none" stroke="#999" stroke-width="0.6"',
}


class Canvas:
    """`width` by `height` millimetres, y downwards; `head` stands above the drawing in two languages."""

    def __init__(self, width: float, height: float, name: str, head_id: str, head_en: str) -> None:
        self._size = (width, height)
        self._name = name
        self._head = (head_id, head_en)
        self._items: list[str] = []

    def line(self, points: Iterable[Point], style: str = "line") -> None:
        """An open line through the points."""
        self._items.append(f'<polyline points="{_points(points)}" {STYLES[style]}/>')

    def shape(self, points: Iterable[Point], style: str = "part") -> None:
        """A closed one."""
        self._items.append(f'<polygon points="{_points(points)}" {STYLES[style]}/>')

    def rect(self, x: float, y: float, width: float, height: float, style: str = "part", radius: float = 0) -> None:
        """A box by its left upper corner."""
        size = f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{_n(radius)}"'
        self._items.append(f"<rect {size} {STYLES[style]}/>")

    def dot(self, x: float, y: float, size: float) -> None:
        """A black square of a code to scan, a hair larger than its cell so that no seam shows."""
        edge = _n(size + 0.03)
        self._items.append(f'<rect x="{x:.3f}" y="{y:.3f}" width="{edge}" height="{edge}" fill="#000"/>')

    def circle(self, x: float, y: float, radius: float, style: str = "part") -> None:
        """By its middle."""
        self._items.append(f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{_n(radius)}" {STYLES[style]}/>')

    def text(
        self, x: float, y: float, words: str, size: float = 3.2, anchor: str = "start", colour: str = "#222"
    ) -> None:
        """One line of words."""
        at = f'x="{_n(x)}" y="{_n(y)}" font-size="{_n(size)}" text-anchor="{anchor}" fill="{colour}"'
        self._items.append(f'<text {at} font-family="sans-serif">{escape(words)}</text>')

    def both(self, x: float, y: float, words_id: str, words_en: str, size: float = 3.2, anchor: str = "start") -> None:
        """The same in two languages, the second line grey."""
        self.text(x, y, words_id, size, anchor)
        self.text(x, y + size * 1.25, words_en, size * 0.9, anchor, "#666")

    def note(self, x: float, y: float, to: Point, words_id: str, words_en: str, anchor: str = "start") -> None:
        """Words with a line to what they speak of."""
        self.line([(x, y - 1), to], "thin")
        self.circle(*to, 0.7, "line")
        self.both(x + (1 if anchor == "start" else -1), y, words_id, words_en, anchor=anchor)

    def measure(self, start: Point, end: Point, words: str) -> None:
        """A dimension line with ticks at its ends."""
        self.line([start, end], "thin")
        across = start[1] == end[1]
        for x, y in (start, end):
            self.line([(x, y - 1.5), (x, y + 1.5)] if across else [(x - 1.5, y), (x + 1.5, y)], "thin")
        middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
        if across:
            self.text(middle[0], middle[1] - 1, words, 3, "middle")
        else:
            self.text(middle[0] + 1.5, middle[1], words, 3)

    def svg(self) -> str:
        """The file."""
        width, height = self._size[0], self._size[1] + 12
        lines = [
            (
                f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}mm" height="{_n(height)}mm" '
                f'viewBox="0 -12 {_n(width)} {_n(height)}">'
            ),
            f"<title>{escape(self._name)}</title>",
            f'<rect x="0" y="-12" width="{_n(width)}" height="{_n(height)}" fill="#fff"/>',
            f'<text x="2" y="-6.5" font-size="4" font-weight="bold" font-family="sans-serif">{escape(self._head[0])}</text>',
            f'<text x="2" y="-2" font-size="3.5" fill="#666" font-family="sans-serif">{escape(self._head[1])}</text>',
        ]
        return "\n".join([*lines, *self._items, "</svg>"]) + "\n"


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in points)


def _n(value: float) -> str:
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
