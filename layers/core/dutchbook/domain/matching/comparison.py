"""The running record of one comparison: what agreed, what refuses, what is open."""

from __future__ import annotations

from dataclasses import dataclass, field

from dutchbook.domain.matching.judgement import Family, Judgement, Relation, Veto

_FULL: int = 1_000_000
_DOUBT: int = 150_000


class Vetoed(Exception):
    """A comparison that needs one veto has it."""


@dataclass(slots=True)
class Comparison:
    """Filled by the alignment steps in turn; `judgement` reads the verdict off it.

    `flips` counts reversals of YES and NO (under for over, the other side of a two-way match, a
    negation): an odd number makes the questions opposite. `brief` ends at the first veto with Vetoed.
    """

    evidence: list[str] = field(default_factory=list)
    vetoes: list[Veto] = field(default_factory=list)
    doubts: list[Veto] = field(default_factory=list)
    flips: int = 0
    matched: int = 0
    loose: int = 0
    brief: bool = False

    def agree(self, what: str, value: object) -> None:
        self.evidence.append(f"{what}: {value}")

    def veto(self, family: Family, left: object, right: object) -> None:
        if self.brief:
            raise Vetoed
        self.vetoes.append(Veto(family, str(left), str(right)))

    def doubt(self, family: Family, left: object, right: object) -> None:
        self.doubts.append(Veto(family, str(left), str(right)))

    def judgement(self) -> Judgement:
        """Any veto refuses; any doubt leaves it to an operator; else the questions are the same or
        opposite.
        """
        share = self.matched * _FULL // max(1, self.matched + self.loose)
        if self.vetoes:
            relation, score = Relation.DIFFERENT, 0
        elif self.doubts:
            relation, score = Relation.UNSURE, max(0, share - _DOUBT * len(self.doubts))
        else:
            relation, score = (Relation.INVERSE if self.flips % 2 else Relation.SAME), share
        return Judgement(relation, score, tuple(self.evidence), tuple(self.vetoes), tuple(self.doubts))
