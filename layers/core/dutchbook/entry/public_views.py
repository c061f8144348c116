"""Answers of the public routes and of the pairs."""

from collections.abc import Sequence

from pydantic import Field

from dutchbook.domain.book import Ladder, OrderBook
from dutchbook.domain.market import Market
from dutchbook.domain.money import format_micros
from dutchbook.domain.pair import Pair
from dutchbook.entry.formats import Amount, Answer, Moment, moment, moment_or_none, percent, usd
from dutchbook.ports.clock import utc
from dutchbook.ports.ledger import Control
from dutchbook.ports.markets import OpportunityRecord, Quote, VenueHealth
from dutchbook.usecases import manage_pairs

LEVELS_SHOWN = 10


class HealthAnswer(Answer):
    """The API answers. `trading` is the kill switch, `live_trading` the stack's own yes to real orders."""

    status: str
    stage: str
    trading: bool
    live_trading: bool

    @classmethod
    def of(cls, control: Control, stage: str, *, live: bool) -> "HealthAnswer":
        return cls(status="ok", stage=stage, trading=control.trading, live_trading=live)


class ControlView(Answer):
    """The kill switch and who threw it."""

    trading: bool
    reason: str
    updated_at: Moment | None
    updated_by: str

    @classmethod
    def of(cls, control: Control) -> "ControlView":
        return cls(
            trading=control.trading,
            reason=control.reason,
            updated_at=moment_or_none(control.updated_at),
            updated_by=control.updated_by,
        )


class VenueView(Answer):
    """A venue's health as the scan measured it."""

    venue: str
    healthy: bool
    reason: str
    checked_at: Moment
    latency_p50_ms: int
    latency_p95_ms: int
    calls: int
    errors: int
    breaker: str
    clock_offset_ms: int
    rate_limit_headroom: int | None = Field(
        description="Percent of our own call limit that the last seconds left free; null when none was made"
    )
    book_age_ms: int | None = Field(
        description="Of the oldest book of the last scan when it was judged; null when it had none"
    )

    @classmethod
    def of(cls, health: VenueHealth) -> "VenueView":
        return cls(
            venue=health.venue,
            healthy=health.healthy,
            reason=health.reason,
            checked_at=moment(health.checked_at),
            latency_p50_ms=health.latency_p50_ms,
            latency_p95_ms=health.latency_p95_ms,
            calls=health.calls,
            errors=health.errors,
            breaker=health.breaker,
            clock_offset_ms=health.clock_offset_ms,
            rate_limit_headroom=health.rate_limit_headroom,
            book_age_ms=health.book_age_ms,
        )


class VenueList(Answer):
    items: list[VenueView]
    next_cursor: None = None


class OpportunityView(Answer):
    """What the scan saw of a pair; returns are percentages."""

    tick_id: str
    pair_id: str
    direction: str
    market: str
    seen_at: Moment
    first_seen_at: Moment | None
    verdict: str
    reason: str
    shares: Amount
    cost: Amount
    net_profit: Amount
    net_return: Amount
    annualised_return: Amount
    days: int
    trades: int
    legs: list[dict[str, str]]

    @classmethod
    def of(cls, record: OpportunityRecord) -> "OpportunityView":
        return cls(
            tick_id=record.tick_id,
            pair_id=record.pair_id,
            direction=record.direction,
            market=record.title,
            seen_at=moment(record.seen_at),
            first_seen_at=moment_or_none(record.first_seen_at),
            verdict=record.verdict,
            reason=record.reason,
            shares=format_micros(record.shares),
            cost=usd(record.cost),
            net_profit=usd(record.net_profit),
            net_return=percent(record.net_return),
            annualised_return=percent(record.annualised),
            days=record.days,
            trades=record.trades,
            legs=[dict(leg) for leg in record.legs],
        )


class OpportunityList(Answer):
    items: list[OpportunityView]
    next_cursor: str | None


class StatsAnswer(Answer):
    """Counts of the newest tick's records, at most its best hundred."""

    tick_id: str | None
    seen_at: Moment | None
    opportunities: int
    taken: int
    eligible: int
    rejected: int
    trades: int

    @classmethod
    def of(cls, records: Sequence[OpportunityRecord]) -> "StatsAnswer":
        verdicts = [record.verdict for record in records]
        return cls(
            tick_id=records[0].tick_id if records else None,
            seen_at=moment(records[0].seen_at) if records else None,
            opportunities=len(records),
            taken=verdicts.count("taken"),
            eligible=verdicts.count("eligible"),
            rejected=verdicts.count("rejected"),
            trades=sum(record.trades for record in records),
        )


class PairView(Answer):
    """Two markets that ask the same (or the opposite) question."""

    pair_id: str
    title: str
    a: str
    b: str
    relation: str
    status: str
    score: Amount
    reason: str

    @classmethod
    def of(cls, pair: Pair) -> "PairView":
        return cls(
            pair_id=pair.pair_id,
            title=pair.title,
            a=str(pair.a),
            b=str(pair.b),
            relation=pair.relation,
            status=pair.status,
            score=format_micros(pair.score_ppm),
            reason=pair.reason,
        )


class PairList(Answer):
    items: list[PairView]
    next_cursor: str | None


class LevelView(Answer):
    price: Amount
    shares: Amount


class BookView(Answer):
    """The latest stored book, ten levels a side: for show, never to trade on."""

    requested_at: Moment
    yes_bids: list[LevelView]
    yes_asks: list[LevelView]
    no_bids: list[LevelView]
    no_asks: list[LevelView]

    @classmethod
    def of(cls, book: OrderBook) -> "BookView":
        return cls(
            requested_at=moment(utc(book.requested_at_ms)),
            yes_bids=_levels(book.yes_bids),
            yes_asks=_levels(book.yes_asks),
            no_bids=_levels(book.no_bids),
            no_asks=_levels(book.no_asks),
        )


def _levels(ladder: Ladder) -> list[LevelView]:
    return [
        LevelView(price=format_micros(price), shares=format_micros(size))
        for price, size in ladder[:LEVELS_SHOWN]
    ]


class QuoteView(Answer):
    """Best prices at a moment; null where the side is empty."""

    at: Moment
    yes_bid: Amount | None
    yes_ask: Amount | None
    no_bid: Amount | None
    no_ask: Amount | None

    @classmethod
    def of(cls, quote: Quote) -> "QuoteView":
        return cls(
            at=moment(quote.at),
            yes_bid=_price(quote.yes_bid),
            yes_ask=_price(quote.yes_ask),
            no_bid=_price(quote.no_bid),
            no_ask=_price(quote.no_ask),
        )


def _price(micros: int | None) -> str | None:
    return None if micros is None else format_micros(micros)


class MarketView(Answer):
    """One side of a pair."""

    venue: str
    market_id: str
    title: str
    rules: str
    category: str
    tradeable: bool
    closes_at: Moment | None
    resolves_at: Moment | None
    book: BookView | None
    history: list[QuoteView]

    @classmethod
    def of(cls, market: Market, book: OrderBook | None, history: Sequence[Quote]) -> "MarketView":
        return cls(
            venue=market.venue,
            market_id=market.market_id,
            title=market.title,
            rules=market.rules,
            category=market.category,
            tradeable=market.tradeable,
            closes_at=moment_or_none(market.closes_at),
            resolves_at=moment_or_none(market.resolves_at),
            book=None if book is None else BookView.of(book),
            history=[QuoteView.of(quote) for quote in history],
        )


class MarketList(Answer):
    """Those of the markets asked for that are listed; `history` is that of a pair's page."""

    items: list[MarketView]


class PairDetail(Answer):
    """A pair with both markets' rules side by side; a market that is no longer known is null.

    `agrees` and `differs` are the matcher's findings. `judged_on_these_texts` is false when a title or rule
    text has changed since: the next pass over the catalogues judges the pair anew. `rules_hash` stands for
    the texts shown here, and whoever approves the pair sends it back; "" while a market is not known.
    """

    pair: PairView
    agrees: list[str]
    differs: list[str]
    judged_on_these_texts: bool
    rules_hash: str
    markets: list[MarketView | None]

    @classmethod
    def of(cls, found: manage_pairs.PairDetail) -> "PairDetail":
        keys = (found.pair.a, found.pair.b)
        return cls(
            pair=PairView.of(found.pair),
            agrees=list(found.pair.evidence),
            differs=list(found.pair.doubts),
            judged_on_these_texts=found.judged_on_these_texts,
            rules_hash=found.rules_hash,
            markets=[
                None if market is None else MarketView.of(market, book, found.history[key])
                for key, market, book in zip(keys, found.markets, found.books, strict=True)
            ],
        )
