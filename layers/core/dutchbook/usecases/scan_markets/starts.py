"""How many trades a tick may still start: one bucket for all that start any."""

from dataclasses import dataclass

MOST_STARTS = 300
"""Trades started in a tick where the stack says nothing else."""
_KEPT_FOR_REAL = 4
"""One start in this many is kept for real trades that come later in the tick."""


@dataclass(slots=True)
class Starts:
    """One tick's. Whoever starts a trade takes one, exits too; but an exit never waits for one: it only makes
    less of what is at risk."""

    left: int = MOST_STARTS
    kept: int = 0
    """Of these, how many only a real trade may have."""

    @classmethod
    def of(cls, most: int, *, live_trading: bool) -> "Starts":
        """Pairs of slow venues and the strategies come after the simulated trades of quick pairs."""
        return cls(most, most // _KEPT_FOR_REAL if live_trading else 0)

    def free(self, *, simulated: bool) -> int:
        """How many more entries of this kind of money may be started."""
        return max(0, self.left - (self.kept if simulated else 0))

    def take(self, count: int = 1) -> None:
        """Counts what was started; exits may take more than there is."""
        self.left -= count
