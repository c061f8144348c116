"""The venues, and the two outcomes and two sides of an order."""

from enum import StrEnum


class Venue(StrEnum):
    POLYMARKET = "polymarket"
    KALSHI = "kalshi"
    LIMITLESS = "limitless"


class Outcome(StrEnum):
    YES = "yes"
    NO = "no"

    @property
    def other(self) -> "Outcome":
        return Outcome.NO if self is Outcome.YES else Outcome.YES


class Side(StrEnum):
    BUY = "buy"
    SELL = "sell"

    @property
    def other(self) -> "Side":
        return Side.SELL if self is Side.BUY else Side.BUY
