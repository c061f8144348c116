"""How well the matcher does on labelled pairs: `python -m bench.match_eval FILE.jsonl`.

Reads pairs of events ({a, b: {platform, event_id, title, deadline, condition_date, children,
child_count}}) or of markets ({a, b: {venue, id, title, end}}) and prints `name: value` rows, overall and
for each pair of venues. `same` and `equivalent_event_grid` are positives; `different` and
`contains_equal_question` are wrong when called the same; `ambiguous…` is left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "layers" / "core"))

from dutchbook.domain.matching.events import judge_events
from dutchbook.domain.matching.judge import judge
from dutchbook.domain.matching.judgement import Judgement, Relation
from dutchbook.domain.matching.listing import EventListing, Listing

POSITIVE = frozenset({"same", "equivalent_event_grid"})
NEGATIVE = frozenset({"different", "contains_equal_question"})


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--errors", action="store_true", help="also print every pair that came out wrong")
    options = parser.parse_args()
    overall: Counter[str] = Counter()
    by_venues: dict[str, Counter[str]] = {}
    for row in read_rows(options.file):
        label = row["label"]
        if label not in POSITIVE | NEGATIVE:
            continue
        judgement = judge_row(row)
        is_same = judgement.relation is Relation.SAME
        venues = by_venues.setdefault(venue_pair(row), Counter())
        for counts in (overall, venues):
            count(counts, label, is_same=is_same)
        if options.errors and is_same != (label in POSITIVE):
            print_error(row, judgement)
    print_rows("", overall)
    for name in sorted(by_venues):
        print_rows(f"{name} ", by_venues[name])


def read_rows(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


def judge_row(row: dict[str, Any]) -> Judgement:
    """Events have children, markets have none."""
    left, right = row["a"], row["b"]
    if "children" in left or "children" in right:
        return judge_events(event_of(left), event_of(right))
    return judge(market_of(left), market_of(right))


def event_of(side: dict[str, Any]) -> EventListing:
    children = tuple(side.get("children") or ())
    return EventListing(
        venue=str(side.get("platform") or side.get("venue") or ""),
        event_id=str(side.get("event_id") or side.get("id") or ""),
        title=str(side.get("title") or ""),
        children=children,
        child_count=int(side.get("child_count") or len(children)),
        close_time=moment(side.get("deadline") or side.get("end")),
        event_time=moment(side.get("condition_date")),
    )


def market_of(side: dict[str, Any]) -> Listing:
    return Listing(
        venue=str(side.get("venue") or side.get("platform") or ""),
        market_id=str(side.get("id") or side.get("market_id") or ""),
        title=str(side.get("title") or ""),
        event_title=str(side.get("event_title") or ""),
        outcome=str(side.get("outcome") or ""),
        rules=str(side.get("rules") or ""),
        close_time=moment(side.get("end") or side.get("deadline")),
        event_time=moment(side.get("condition_date")),
    )


def moment(text: object) -> datetime | None:
    """A date or a time stamp as UTC; None when there is none that can be read."""
    if not isinstance(text, str) or not text:
        return None
    try:
        parsed = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def venue_pair(row: dict[str, Any]) -> str:
    names = (str(side.get("venue") or side.get("platform") or "?") for side in (row["a"], row["b"]))
    return "-".join(sorted(names))


def count(counts: Counter[str], label: str, *, is_same: bool) -> None:
    positive = label in POSITIVE
    counts["pairs"] += 1
    counts["positives"] += positive
    counts["same_found"] += positive and is_same
    counts["wrong_accepted"] += not positive and is_same


def print_rows(prefix: str, counts: Counter[str]) -> None:
    accepted = counts["same_found"] + counts["wrong_accepted"]
    print(f"{prefix}pairs: {counts['pairs']}")
    print(f"{prefix}same_found: {counts['same_found']}")
    print(f"{prefix}wrong_accepted: {counts['wrong_accepted']}")
    print(f"{prefix}recall: {ratio(counts['same_found'], counts['positives'])}")
    print(f"{prefix}precision: {ratio(counts['same_found'], accepted)}")


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "n/a"


def print_error(row: dict[str, Any], judgement: Judgement) -> None:
    print(
        f"# {row['label']} came out {judgement.relation}: {row['a']['title']!r} / {row['b']['title']!r}",
        file=sys.stderr,
    )
    for veto in (*judgement.vetoes, *judgement.doubts):
        print(f"#   {veto}", file=sys.stderr)


if __name__ == "__main__":
    main()
