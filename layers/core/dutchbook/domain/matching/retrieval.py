"""Candidates by sparse TF-IDF over canonical words: which listings are worth a judgement at all.

Cosine of inverse-document-frequency weights. Rare words propose (their postings are short), common words
only add to what is proposed: a catalogue of 20,000 titles is searched without a matrix and without numpy.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log, sqrt
from typing import Final, NamedTuple

from dutchbook.domain.matching.aliases.words import EXONYMS, STOP, SYNONYMS
from dutchbook.domain.matching.lexicon import tokens_of
from dutchbook.domain.matching.text import fold, words_of

_PROPOSING_DF: Final = 150
"""A word in more titles than this proposes none by itself, unless it is among the query's rarest."""
_PROPOSERS: Final = 3
"""The rarest words that propose however common they are."""
_TOO_COMMON: Final = 1500
"""A word in more titles than this never proposes while a rarer one does."""
_IN_PARTS: Final = frozenset({"club", "place"})
_SHORTLIST: Final = 48
_ROUNDING: Final = 1 - 1e-9
"""Keeps a document that reaches the floor exactly from being lost to the last digit of a float."""


class Hit(NamedTuple):
    """A document of the index and its cosine with the query, 0 to 1."""

    at: int
    similarity: float


def terms_of(text: str) -> frozenset[str]:
    """The canonical words of a text that retrieval compares: entities by name, plain words in one form."""
    terms: set[str] = set()
    for token in tokens_of(words_of(fold(text))):
        if token.entity is not None:
            terms.add(token.text)
            if token.entity.tags & _IN_PARTS:
                # By its words as well: the other venue may use only a part ("Oklahoma City", "Thunder").
                terms.update(token.text.split())
        else:
            terms.add(_stem(token.text))
    terms.discard("")
    return frozenset(terms)


@lru_cache(maxsize=50_000)
def _stem(text: str) -> str:
    """A plain word in one form; nothing for one that carries no meaning."""
    if text in STOP:
        return ""
    word = SYNONYMS.get(text) or EXONYMS.get(text) or text
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


class Index:
    """Postings of one catalogue; `search` is read-only, so one index serves many queries."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._docs = [terms_of(text) for text in texts]
        self._postings: dict[str, list[int]] = {}
        for index, terms in enumerate(self._docs):
            for term in terms:
                self._postings.setdefault(term, []).append(index)
        size = max(1, len(self._docs))
        self._squared = {term: (1.0 + log(size / len(found))) ** 2 for term, found in self._postings.items()}
        self._unseen = (1.0 + log(size)) ** 2
        self._norms = [self._norm(terms) for terms in self._docs]

    def search(self, text: str, top: int, floor: float = 0.0) -> list[Hit]:
        """The `top` nearest documents whose cosine is at least `floor`, nearest first, ties by position."""
        query = terms_of(text)
        known = sorted((len(self._postings[term]), term) for term in query if term in self._postings)
        if not known:
            return []
        proposing, adding = self._parted(known)
        partial = self._proposed(proposing)
        # By the rare words' weight alone; equal ones stay in catalogue order, so the answer is deterministic.
        shortlist = sorted(partial, key=partial.__getitem__, reverse=True)[:_SHORTLIST]
        norm, norms, docs = self._norm(query), self._norms, self._docs
        rest = [(term, self._squared[term]) for term in adding]
        # Who would not reach the floor with all of the common words need not be asked for each of them.
        most, least = sum([weight for _, weight in rest]), floor * norm * _ROUNDING
        scored = sorted(
            [
                (
                    -(partial[index] + sum([weight for term, weight in rest if term in docs[index]]))
                    / norms[index],
                    index,
                )
                for index in shortlist
                if partial[index] + most >= least * norms[index]
            ]
        )
        hits = [Hit(index, -score / norm) for score, index in scored[:top]]
        return [hit for hit in hits if hit.similarity >= floor]

    def _parted(self, known: Sequence[tuple[int, str]]) -> tuple[list[str], list[str]]:
        """The known words, rarest first, parted into those that propose and those that only add."""
        for used, (count, _) in enumerate(known):
            if used and (count > _TOO_COMMON or (count > _PROPOSING_DF and self._is_enough(known[:used]))):
                return [term for _, term in known[:used]], [term for _, term in known[used:]]
        return [term for _, term in known], []

    def _is_enough(self, used: Sequence[tuple[int, str]]) -> bool:
        """Whether these words fill the shortlist."""
        if len(used) < _PROPOSERS:
            return False
        if used[-1][0] >= _SHORTLIST:  # the commonest does it alone, nearly always
            return True
        return len(set().union(*[self._postings[term] for _, term in used])) >= _SHORTLIST

    def _proposed(self, terms: Sequence[str]) -> dict[int, float]:
        """The documents that these words propose, and the weight of the words that each has."""
        *rarer, last = terms
        partial: dict[int, float] = {}
        known_so_far = partial.get
        for term in rarer:
            weight = self._squared[term]
            for index in self._postings[term]:
                partial[index] = known_so_far(index, 0.0) + weight
        weight, docs = self._squared[last], self._docs
        for index in partial:
            if last in docs[index]:
                partial[index] += weight
        # The others with the commonest word, which most have, weigh the same: the first fill the shortlist.
        some = self._postings[last][: _SHORTLIST + len(partial)]
        others = [index for index in some if index not in partial]
        partial.update(dict.fromkeys(others[:_SHORTLIST], weight))
        return partial

    def _norm(self, terms: frozenset[str]) -> float:
        return sqrt(sum([self._squared.get(term, self._unseen) for term in terms])) or 1.0
