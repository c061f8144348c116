"""A replay as text for the terminal and as one HTML file: no script, no network, charts as inline SVG."""

from collections.abc import Sequence
from html import escape

from dutchbook.domain.money import format_micros
from dutchbook.domain.opportunity import percent
from dutchbook.domain.result import Result
from local.replay.run import AGENT_ID, Point, Replay

_WIDTH, _HEIGHT, _PAD = 900, 260, 44
_ROWS = 200
"""Results listed in the report; the newest."""


def figures(replay: Replay) -> list[tuple[str, str]]:
    """What the run came to, by name."""
    performance = replay.performance()
    told = performance.statistics
    totals = replay.agents.totals(AGENT_ID, simulated=True)
    taken = sum(count for end, count in replay.ends.items() if end in ("HEDGED", "FILLED", "FLAT"))

    def ratio(ppm: int | None) -> str:
        return "none" if ppm is None else percent(ppm)

    return [
        ("strategy", replay.strategy.value),
        ("ticks", str(replay.ticks)),
        ("executions", ", ".join(f"{end} {count}" for end, count in sorted(replay.ends.items())) or "none"),
        ("trades_done", str(taken)),
        ("results", str(told.closed)),
        ("realised_usd", format_micros(totals.realised)),
        ("unrealised_usd", format_micros(performance.unrealised)),
        ("locked_usd", format_micros(performance.locked)),
        ("fees_usd", format_micros(totals.fees)),
        ("capital_locked_usd", format_micros(performance.capital_locked)),
        ("win_rate", ratio(told.win_rate)),
        ("profit_factor", "none" if told.profit_factor is None else format_micros(told.profit_factor)),
        ("max_drawdown_usd", format_micros(told.max_drawdown)),
        ("sharpe", "none" if told.sharpe is None else format_micros(told.sharpe)),
    ]


def html(replay: Replay, source: str) -> str:
    """The whole report. The same run gives the same text."""
    rows = "".join(
        f"<tr><th scope='row'>{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in figures(replay)
    )
    results = replay.settlements.results(AGENT_ID, simulated=True)
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Replay: {escape(replay.strategy.value)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>{_STYLE}</style></head><body>
<h1>Replay of {escape(source)}: {escape(replay.strategy.value)}</h1>
<p>Recorded books through the product's own scan, strategies, paper venue and saga. Result is what
was sold or paid, a hedged set with its last leg; unrealised is what the bids would pay for what is not
hedged; locked waits for settlement. They are not added up.</p>
<table>{rows}</table>
<h2>Dollars over time</h2>{_curve(replay.curve)}
<h2>Result of each trade</h2>{_bars(results)}
<h2>Trades</h2>{_table(results)}
</body></html>
"""


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;max-width:960px;margin:2rem auto;padding:0 1rem;color:#1c2430}"
    "table{border-collapse:collapse;margin:1rem 0}th,td{text-align:left;padding:.2rem .8rem;"
    "border-bottom:1px solid #d7dde5;font-variant-numeric:tabular-nums}"
    "svg{width:100%;height:auto;background:#f7f9fb}svg text{font-size:11px;fill:#4a5666}"
)
_LINES = (("result", "#0b6e4f"), ("unrealised", "#b3541e"), ("locked", "#2457a7"))


def _curve(points: Sequence[Point]) -> str:
    series = [(name, colour, [getattr(point, name) for point in points]) for name, colour in _LINES]
    low = min([0, *(value for _, _, values in series for value in values)])
    high = max([1, *(value for _, _, values in series for value in values)])
    parts = [_axis(low, high)]
    for index, (name, colour, values) in enumerate(series):
        step = (_WIDTH - 2 * _PAD) * 1000 // max(1, len(values) - 1)
        path = " ".join(
            f"{_PAD + number * step // 1000},{_y(value, low, high)}" for number, value in enumerate(values)
        )
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts.append(f'<text x="{_PAD + 120 * index}" y="16" style="fill:{colour}">{name}</text>')
    if points:
        first, last = points[0].at, points[-1].at
        parts.append(f'<text x="{_PAD}" y="{_HEIGHT - 8}">{first:%Y-%m-%d %H:%M}</text>')
        parts.append(
            f'<text x="{_WIDTH - _PAD}" y="{_HEIGHT - 8}" text-anchor="end">{last:%Y-%m-%d %H:%M} UTC</text>'
        )
    return _svg("Dollars over time", parts)


def _bars(results: Sequence[Result]) -> str:
    values = [result.realised for result in results]
    low, high = min([0, *values]), max([1, *values])
    zero = _y(0, low, high)
    width = max(1, (_WIDTH - 2 * _PAD) // max(1, len(values)))
    parts = [_axis(low, high)]
    for number, value in enumerate(values):
        top = min(zero, _y(value, low, high))
        tall = max(1, abs(_y(value, low, high) - zero))
        colour = "#0b6e4f" if value >= 0 else "#a3222b"
        x = _PAD + (_WIDTH - 2 * _PAD) * number // max(1, len(values))
        parts.append(f'<rect x="{x}" y="{top}" width="{width}" height="{tall}" fill="{colour}"/>')
    return _svg("Result of each trade in dollars", parts)


def _axis(low: int, high: int) -> str:
    lines = []
    for value in (low, 0, high):
        y = _y(value, low, high)
        lines.append(f'<line x1="{_PAD}" x2="{_WIDTH - _PAD}" y1="{y}" y2="{y}" stroke="#c3ccd7"/>')
        lines.append(f'<text x="2" y="{y + 4}">{value // 10_000 / 100:.2f}</text>')
    return "".join(lines)


def _y(value: int, low: int, high: int) -> int:
    return _HEIGHT - _PAD - (value - low) * (_HEIGHT - 2 * _PAD) // max(1, high - low)


def _svg(name: str, parts: Sequence[str]) -> str:
    return (
        f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{escape(name)}">{"".join(parts)}</svg>'
    )


def _table(results: Sequence[Result]) -> str:
    rows = "".join(
        f"<tr><td>{result.closed_at:%Y-%m-%d %H:%M}</td><td>{escape(result.how)}</td>"
        f"<td>{escape(str(result.market))}</td><td>{format_micros(result.cost)}</td>"
        f"<td>{format_micros(result.realised)}</td></tr>"
        for result in results[-_ROWS:]
    )
    head = "<tr><th>closed</th><th>how</th><th>market</th><th>cost</th><th>result</th></tr>"
    return f"<table>{head}{rows}</table>" if rows else "<p>No trade was closed.</p>"
