"""What is recorded is read back, changes only where lines stay together, everything where they do not."""

import gzip
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from dutchbook.adapters.recording import DiskShelf, Recorder, S3Shelf, read_frames, record_resolutions
from dutchbook.domain.agent import StrategyName
from dutchbook.domain.errors import InvalidInput, StoreUnavailable
from dutchbook.domain.settlement import Resolution, Stage
from local.replay.record import record_day
from local.replay.run import AGENT_ID, Replay
from tests.support.recordings import PAIR, START, A, B, seen


@pytest.fixture
def path(tmp_path):
    return tmp_path / "books.jsonl.gz"


def test_the_first_line_is_full_and_later_ones_hold_what_changed(path):
    recorder = Recorder(DiskShelf(path))
    for number, prices in enumerate([(40, 50), (40, 51), (40, 51)]):
        recorder.record(seen(number, *prices))

    first, second, third = read_frames([path])

    assert (first.full, set(first.books), list(first.pairs)) == (True, {A.key, B.key}, [PAIR])
    assert {market.key for market in first.markets} == {A.key, B.key}
    assert (second.full, set(second.books), second.pairs, list(second.markets)) == (False, {B.key}, None, [])
    assert not third.books
    book = seen(0, 40, 50).books[A.key]
    assert first.books[A.key] == (book.yes_bids, book.yes_asks, book.no_bids, book.no_asks)


def test_books_that_do_not_mirror_each_other_are_kept_whole(path):
    one = seen(0, 40, 50)
    odd = replace(one.books[A.key], no_asks=((700_000, 5),))
    Recorder(DiskShelf(path)).record(replace(one, books={**one.books, A.key: odd}))

    (frame,) = read_frames([path])

    assert frame.books[A.key][3] == ((700_000, 5),)


def test_a_book_that_is_not_there_any_more_is_gone(path):
    recorder = Recorder(DiskShelf(path))
    recorder.record(seen(0, 40, 50))
    one = seen(1, 40, 50)
    recorder.record(replace(one, books={A.key: one.books[A.key]}))

    _, second = read_frames([path])

    assert second.gone == [B.key]


class Bucket:
    def __init__(self):
        self.objects = {}

    def put_object(self, Bucket, Key, Body):  # noqa: N803 - the client's names
        self.objects[Key] = Body


def test_in_a_bucket_each_tick_is_an_object_full_in_itself(path):
    bucket = Bucket()
    recorder = Recorder(S3Shelf(bucket, "recordings"))
    recorder.record(seen(0, 40, 50))
    recorder.record(seen(1, 40, 50))

    assert list(bucket.objects) == [
        "books/2026-03-01/20260301T000000Z.jsonl.gz",
        "books/2026-03-01/20260301T000100Z.jsonl.gz",
    ]
    path.write_bytes(b"".join(bucket.objects.values()))
    assert all(frame.full and len(frame.books) == 2 for frame in read_frames([path]))


def test_a_bucket_that_refuses_is_a_store_that_does_not_answer():
    class Closed:
        def put_object(self, **_):
            raise ClientError({"Error": {"Code": "AccessDenied"}}, "PutObject")

    with pytest.raises(StoreUnavailable, match="recordings"):
        Recorder(S3Shelf(Closed(), "recordings")).record(seen(0, 40, 50))


ANSWERS = [
    Resolution(B.key, Stage.PAYABLE, refund=True),
    Resolution(A.key, Stage.PAYABLE, 1_000_000),
    Resolution(A.key._replace(market_id="disputed"), Stage.RESOLVED, 0),
]


def test_what_a_settlement_pass_learned_stands_beside_the_ticks(path):
    shelf = DiskShelf(path)
    Recorder(shelf).record(seen(0, 40, 50))
    record_resolutions(shelf, START, ANSWERS)

    tick, paid = read_frames([path])

    assert (tick.ticks, dict(tick.resolved)) == (True, {})
    assert (paid.ticks, dict(paid.resolved)) == (False, {A.key: 1_000_000, B.key: None})
    assert not paid.full


def test_in_a_bucket_it_sorts_among_the_ticks(path):
    bucket = Bucket()
    shelf = S3Shelf(bucket, "recordings")
    record_resolutions(shelf, START, ANSWERS)
    Recorder(shelf).record(seen(1, 40, 50))
    record_resolutions(shelf, START, [])

    assert sorted(bucket.objects) == [
        "books/2026-03-01/20260301T000000Z-paid.jsonl.gz",
        "books/2026-03-01/20260301T000100Z.jsonl.gz",
    ]


def test_another_version_is_refused(path):
    Recorder(DiskShelf(path)).record(seen(0, 40, 50))

    text = gzip.decompress(path.read_bytes()).replace(b'"v":1', b'"v":2')
    path.write_bytes(gzip.compress(text))
    with pytest.raises(InvalidInput, match="version 2"):
        list(read_frames([path]))


def test_the_simulated_day_is_recorded_the_same_each_time_and_trades(tmp_path):
    paths = [tmp_path / name for name in ("one.jsonl.gz", "two.jsonl.gz")]
    for path in paths:
        assert record_day(path, hours=1, step=300) == 12

    assert paths[0].read_bytes() == paths[1].read_bytes()
    replay = Replay(StrategyName.ARBITRAGE).play(read_frames([paths[0]]))
    assert replay.ticks == 12
    assert replay.ends.get("HEDGED", 0) > 0


def test_a_question_answered_within_the_day_is_realised_and_the_others_stay_locked(tmp_path):
    """Eight hours: Kalshi pays one pair's losing leg in the sixth, Polymarket the other in the last."""
    path = tmp_path / "day.jsonl.gz"
    record_day(path, hours=9, step=1_800)
    before, after = Replay(StrategyName.ARBITRAGE), Replay(StrategyName.ARBITRAGE)
    frames = list(read_frames([path]))
    sixth = next(number for number, frame in enumerate(frames) if frame.resolved)
    before.play(frames[: sixth + 1])
    after.play(frames)

    (first,) = (each.statistics for each in [before.performance()])
    assert (first.closed, before.performance().days[-1].day.result) == (0, 0)
    assert before.agents.totals(AGENT_ID, simulated=True).realised != 0
    told = after.performance()
    assert told.statistics.closed == 1
    assert told.statistics.net == sum(line.day.result for line in told.days) > 0
    assert told.locked > 0
    assert after.ledger_json() == Replay(StrategyName.ARBITRAGE).play(read_frames([path])).ledger_json()
