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
        elif token.text not in STOP:
            terms.add(_stem(token.text))
    return frozenset(terms)


@lru_cache(maxsize=50_000)
def _stem(text: str) -> str:
    word = SYNONYMS.get(text) or EXONYMS.get(text) or text
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


class Index:
    """Postings of one catalogue; `search` is read-only, so one index serves many queries."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._docs = [terms_of(text) for text in texts]
        frequency: dict[str, int] = {}
        for terms in self._docs:
            for term in terms:
                frequency[term] = frequency.get(term, 0) + 1
        size = max(1, len(self._docs))
        self._squared = {term: (1.0 + log(size / count)) ** 2 for term, count in frequency.items()}
        self._unseen = (1.0 + log(size)) ** 2
        self._postings: dict[str, list[int]] = {term: [] for term in frequency}
        self._norms = []
        for index, terms in enumerate(self._docs):
            for term in terms:
                self._postings[term].append(index)
            self._norms.append(self._norm(terms))

    def search(self, text: str, top: int) -> list[Hit]:
        """The `top` nearest documents, nearest first, ties by position."""
        query = terms_of(text)
        known = sorted((len(self._postings[term]), term) for term in query if term in self._postings)
        if not known:
            return []
        partial: dict[int, float] = {}
        rest: list[tuple[str, float]] = []
        for used, (count, term) in enumerate(known):
            enough = used >= _PROPOSERS and len(partial) >= _SHORTLIST
            if partial and (count > _TOO_COMMON or (count > _PROPOSING_DF and enough)):
                rest = [(common, self._squared[common]) for _, common in known[used:]]
                break
            weight = self._squared[term]
            if not partial:
                partial = dict.fromkeys(self._postings[term], weight)
                continue
            known_so_far = partial.get
            for index in self._postings[term]:
                partial[index] = known_so_far(index, 0.0) + weight
        # By the rare words' weight alone; equal ones stay in catalogue order, so the answer is deterministic.
        shortlist = sorted(partial, key=partial.__getitem__, reverse=True)[:_SHORTLIST]
        norm, norms, docs = self._norm(query), self._norms, self._docs
        scored = sorted(
            [
                (
                    -(partial[index] + sum([weight for term, weight in rest if term in docs[index]]))
                    / norms[index],
                    index,
                )
                for index in shortlist
            ]
        )
        return [Hit(index, -score / norm) for score, index in scored[:top]]

    def _norm(self, terms: frozenset[str]) -> float:
        return sqrt(sum([self._squared.get(term, self._unseen) for term in terms])) or 1.0
