"""How fast two catalogues are matched: `python -m bench.match_speed [CORPUS.json]`.

Prints `match_20k_x_5k_s` (normalise, retrieve, align, veto) beside `rapidfuzz_cdist_20k_x_5k_s`
(token_sort_ratio of every pair, two workers, nothing decided) on the same titles in the same run, and
`match_peak_mb`, the peak memory of a process that only matches. The corpus is `{"polymarket": [{id,
title, end}], "kalshi": […]}`; without one, a catalogue of the same size is made up from templates, in
events whose questions look alike. numpy is needed for the peer's matrix only.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "layers" / "core"))

from dutchbook.domain.matching.catalogue import match_catalogues
from dutchbook.domain.matching.listing import Listing

LEFT, RIGHT = 20_000, 5_000


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--match-only", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    left, right = read_corpus(options.corpus) if options.corpus else made_up()
    if options.match_only:
        seconds, pairs = time_match(left, right)
        print(json.dumps({"seconds": seconds, "pairs": pairs, "peak_mb": peak_mb()}))
        return
    matched = match_in_own_process(options.corpus)
    peer = time_cdist(left, right)
    print(f"match_20k_x_5k_s: {matched['seconds']:.2f}")
    print(f"rapidfuzz_cdist_20k_x_5k_s: {peer:.2f}")
    print(f"match_share_of_cdist: {matched['seconds'] / peer:.3f}")
    print(f"match_peak_mb: {matched['peak_mb']:.0f}")
    print(f"match_pairs_kept: {matched['pairs']}")


def match_in_own_process(corpus: Path | None) -> dict[str, Any]:
    """A fresh process: cold caches, and a peak that the peer's 100-million-cell matrix is not part of."""
    command = [sys.executable, "-m", "bench.match_speed", "--match-only"]
    if corpus:
        command.append(str(corpus.resolve()))
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root)
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def time_match(left: list[Listing], right: list[Listing]) -> tuple[float, int]:
    start = time.perf_counter()
    found = match_catalogues(left, right)
    return time.perf_counter() - start, len(found)


def time_cdist(left: list[Listing], right: list[Listing]) -> float:
    from rapidfuzz import fuzz, process  # noqa: PLC0415 (needs numpy, the matcher does not)

    titles = [listing.title for listing in left], [listing.title for listing in right]
    start = time.perf_counter()
    process.cdist(*titles, scorer=fuzz.token_sort_ratio, workers=2)
    return time.perf_counter() - start


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def read_corpus(path: Path) -> tuple[list[Listing], list[Listing]]:
    data = json.loads(path.read_text(encoding="utf-8"))
    left, right = (
        [Listing(venue, row["id"], row["title"], close_time=day(row.get("end"))) for row in data[venue]]
        for venue in ("polymarket", "kalshi")
    )
    return left, right


def day(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text[:10]).replace(tzinfo=UTC) if text else None


TEMPLATES = (
    (
        "Will {person} win the {year} {party} presidential nomination?",
        "Will {person} be the {party} Presidential nominee in {year}?",
    ),
    ("Will {team} {other} win the {year} {cup}?", "Will the {team} {other} win the {cup} in {year}?"),
    ("Will {team} acquire {other} in {year}?", "Will {team} buy {other} before {year}?"),
    (
        "{team} launches {other} by {month} {day}, {year}?",
        "Will {team} launch {other} by {month} {day}, {year}?",
    ),
    ("{cup}: {team} vs. {other}: O/U {line}", "{team} vs {other}: {cup} Total Goals: over {line} goals"),
    (
        "Will the price of {asset} be above ${price} on {month} {day}?",
        "{asset} above ${price} on {month} {day}, {year}?",
    ),
    (
        "Will {person} visit {country} by {month} {day}, {year}?",
        "Will {person} visit {country} before {month} {day}, {year}?",
    ),
    ("{person}: Points O/U {line}", "{person}: {count}+ points"),
    (
        "Will {person} be the top goal scorer for {team} in the {year} {cup} regular season?",
        "Will {person} lead {team} in goals for the {year} {cup} regular season?",
    ),
    (
        "Will {person} win the {year} {team} mayoral election?",
        "Will the total vote count for all participants in the {year} {team} County General Election, "
        "with {person} among the candidates, be above {price}?",
    ),
    (
        "Will {person} say {team} during the {month} {day}, {year} press conference in {country}?",
        "What will {person} say during the press conference in {country} on {month} {day}, {year}? {team}",
    ),
)
VARYING = frozenset({"person", "team", "line", "count", "price", "day", "country"})
"""What the questions of one event differ in."""
SHARED = 0.25
"""Share of the right catalogue's events that the left has too: on the real venues it is far less."""
SYLLABLES = (
    "ba",
    "ko",
    "ri",
    "ma",
    "ten",
    "sol",
    "var",
    "dim",
    "lu",
    "pas",
    "gor",
    "ne",
    "fi",
    "tal",
    "ur",
    "zen",
)


def made_up() -> tuple[list[Listing], list[Listing]]:
    """Templates filled from seeded word lists, as catalogues are: events of a few to 30 questions that
    differ in one or two words. Few events are on both venues, and no title comes twice.

    Thousands of names; a median of some 55 characters and 3 titles in 10 over 64, as in the venues' own lists
    (26 % of Polymarket's, 36 % of Kalshi's): beyond 64 a comparison by letters costs several times more.
    """
    draw = random.Random(20_000)
    words = ["".join(draw.choices(SYLLABLES, k=draw.randint(2, 4))).title() for _ in range(10_000)]
    left: dict[str, Listing] = {}
    right: dict[str, Listing] = {}
    while len(left) < LEFT or len(right) < RIGHT:
        here, there = draw.choice(TEMPLATES)
        event, there_too = filled(draw, words), draw.random() < RIGHT / LEFT
        here_too = not there_too or draw.random() < SHARED
        for _ in range(draw.randint(2, 30)):
            fields = event | {name: value for name, value in filled(draw, words).items() if name in VARYING}
            if here_too:
                title = here.format(**fields)
                left[title] = Listing("polymarket", f"p{len(left)}", title)
            if there_too:
                title = there.format(**fields)
                right[title] = Listing("kalshi", f"k{len(right)}", title)
    return list(left.values())[:LEFT], list(right.values())[:RIGHT]


def filled(draw: random.Random, words: list[str]) -> dict[str, object]:
    return {
        "person": f"{draw.choice(words)} {draw.choice(words)}",
        "team": draw.choice(words),
        "other": draw.choice(words),
        "year": draw.randint(2026, 2030),
        "party": draw.choice(("Democratic", "Republican")),
        "cup": draw.choice(
            ("NBA Finals", "World Series", "Champions League", "Stanley Cup", "FIFA World Cup")
        ),
        "line": draw.randint(1, 9) + 0.5,
        "count": draw.randint(2, 40),
        "asset": draw.choice(("Bitcoin", "Ethereum", "Solana", "XRP", "Gold")),
        "price": draw.randint(1, 200) * 500,
        "month": draw.choice(("January", "March", "May", "June", "September", "December")),
        "day": draw.randint(1, 28),
        "country": draw.choice(("China", "Russia", "France", "Mexico", "Taiwan")),
    }


if __name__ == "__main__":
    main()
