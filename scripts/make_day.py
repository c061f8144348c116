"""Makes the simulated day's catalogue from two recorded catalogues of 2026-03-01.

    python scripts/make_day.py KALSHI_EVENTS.json POLYMARKET_EVENTS.json

The sources (a collector's recordings of both venues' public event lists) are not part of the project; their
facts are: ids, titles, quotes, volumes and dates of what was open. Rule texts are left out. Markets that were
closed, settled or mere placeholders are left out too. Also writes `pairs.json` from the hand-curated
`questions.json`. Output is byte-identical for the same input.
"""

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any

DAY = Path(__file__).resolve().parent.parent / "local" / "day"

# Winner-take-all events: Polymarket trades their outcomes on its neg-risk exchange. The recording lacks the
# flag, so it is set here from what an event is: exactly one of its listed outcomes can pay.
_ONE_WINNER = re.compile(
    r"\b(winner|champion|nominee|election winner|mvp|rookie of the year|goalscorer|next prime minister"
    r"|who will trump nominate|last place|2nd place|3rd place|balance of power|party wins?|party will win"
    r"|next james bond)\b",
    re.IGNORECASE,
)


def kalshi(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events with their open markets; prices as decimal strings."""
    events = []
    for event in source:
        markets = [
            {
                "ticker": market["ticker"],
                "title": " ".join(market["title"].split()),
                "outcome": market["yes_sub_title"],
                "bid": _price(market["yes_bid"]),
                "ask": _price(market["yes_ask"]),
                "last": _price(market["last_price"]),
                "volume": market["volume"],
                "volume_24h": market["volume_24h"],
                "open_interest": market["open_interest"],
                "close": market["close_time"],
            }
            for market in event["markets"]
            if market["status"] == "active"
        ]
        if markets:
            events.append(
                {
                    "event": event["event_ticker"],
                    "series": event["series_ticker"],
                    "title": event["title"],
                    "sub_title": event["sub_title"],
                    "category": event["category"],
                    "markets": markets,
                }
            )
    return events


def polymarket(source: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Events with their open markets that somebody quotes; prices as decimal strings."""
    events = []
    for event in source:
        markets = [
            {
                "id": market["id"],
                "condition": market["condition_id"],
                "question": market["question"].strip(),
                "slug": market["slug"],
                "bid": _price(market["best_bid"]),
                "ask": _price(market["best_ask"]),
                "last": _price(market["last_trade_price"]),
                "volume": int(market["volume"] or 0),
                "start": market["start_date"],
                "end": market["end_date"] or event["end_date"],
                "tokens": market["clob_token_ids"],
            }
            for market in event["markets"]
            if market["active"]
            and not market["closed"]
            and (market["best_bid"] is not None or market["best_ask"] is not None)
        ]
        if markets:
            events.append(
                {
                    "id": event["id"],
                    "slug": event["slug"],
                    "title": event["title"].strip(),
                    "tags": event["tags"],
                    "start": event["start_date"],
                    "end": event["end_date"],
                    "neg_risk": len(markets) > 1 and bool(_ONE_WINNER.search(event["title"])),
                    "markets": markets,
                }
            )
    return events


def pairs(questions: list[dict[str, Any]], polymarket_events: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Every two venues that a curated question is listed on make one approved pair."""
    conditions = {
        market["id"]: market["condition"] for event in polymarket_events for market in event["markets"]
    }
    out = []
    for question in questions:
        keys = []
        if "kalshi" in question:
            keys.append(f"kalshi:{question['kalshi']}")
        keys.append(f"polymarket:{conditions[question['polymarket']]}")
        if "limitless" in question:
            keys.append(f"limitless:{question['limitless']}")
        out += [
            {"a": a, "b": b, "relation": "same", "title": question["title"], "why": question["why"]}
            for index, a in enumerate(keys)
            for b in keys[index + 1 :]
        ]
    return out


def _price(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}".rstrip("0").rstrip(".")


def _write_gz(path: Path, rows: list[dict[str, Any]]) -> None:
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":"))
    # A fixed mtime keeps the file identical from run to run.
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{path.name}: {len(rows)} events, {path.stat().st_size} bytes")


def main(kalshi_path: str, polymarket_path: str) -> None:
    polymarket_events = polymarket(json.loads(Path(polymarket_path).read_text()))
    _write_gz(DAY / "kalshi.json.gz", kalshi(json.loads(Path(kalshi_path).read_text())))
    _write_gz(DAY / "polymarket.json.gz", polymarket_events)
    questions = json.loads((DAY / "questions.json").read_text())["questions"]
    rows = pairs(questions, polymarket_events)
    (DAY / "pairs.json").write_text(json.dumps({"pairs": rows}, ensure_ascii=False, indent=1) + "\n")
    print(f"pairs.json: {len(rows)} pairs")


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
