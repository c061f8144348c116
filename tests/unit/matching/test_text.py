"""Titles reach the matcher as plain words."""

import pytest

from dutchbook.domain.matching.lexicon import tokens_of
from dutchbook.domain.matching.text import PLAIN_WORDS, digitise, fold, words_of
from dutchbook.domain.matching.triggers import Triggers


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Grêmio – São Paulo", "Gremio - Sao Paulo"),
        ("Bodø/Glimt", "Bodo/Glimt"),
        ("<p>Will <b>it</b> rain?</p>", "Will it rain?"),
        ("**high temp in Miami**", "high temp in Miami"),
        ("1.0–1.5%", "1.0-1.5%"),
        ("O’Neil", "O'Neil"),
    ],
)
def test_fold_leaves_ascii_letters_and_no_markup(written, plain):
    assert fold(written) == plain


def test_number_words_become_figures():
    assert digitise("First Half of three games") == "1st Half of 3 games"


def test_words_lose_possessives_and_dots_but_remember_capitals():
    words = words_of("Trump's U.S. visit")
    assert [(word.text, word.capital) for word in words] == [("trump", True), ("us", True), ("visit", False)]


def test_a_congressional_district_is_one_word_without_leading_zero():
    assert [word.text for word in words_of("AL-02 House")] == ["al-2", "house"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("United States", "US"),
        ("Czech Republic", "Czechia"),
        ("Pro Basketball Finals", "NBA Championship"),
        ("Bitcoin", "BTC"),
        ("Man City", "Manchester City FC"),
        ("GOP", "Republican Party"),
        ("gubernatorial", "Governor"),
        ("AOC", "Alexandria Ocasio-Cortez"),
        ("Consumer Price Index", "inflation"),
        ("FIFA World Cup", "Men's World Cup"),
        ("UN", "United Nations"),
    ],
)
def test_aliases_name_one_thing(one, other):
    left, right = (tokens_of(words_of(fold(text))) for text in (one, other))
    assert left[0].entity is not None
    assert right[0].entity is not None
    assert left[0].entity.ids & right[0].entity.ids


def test_us_in_lower_case_is_a_pronoun():
    assert tokens_of(words_of("join us"))[-1].entity is None


def test_a_surname_after_another_given_name_is_somebody_else():
    texts = [token.text for token in tokens_of(words_of("Will Mary Trump write"))]
    assert "donald trump" not in texts
    assert "donald trump" in [token.text for token in tokens_of(words_of("Will Trump write"))]
    assert [token.entity for token in tokens_of(words_of("Mary Trump"))] == [None, None]


ROWS = (("win ", "champion"), ("#1",), (" x ",), ("up or down", "price up"), ("relegat",))


@pytest.mark.parametrize(
    "text",
    [
        "will ann win it?",
        "win",
        "#1 song",
        "a x b",
        "price up",
        "bitcoin up or down",
        "unrelegated",
        "championship",
        "",
    ],
)
def test_the_rows_to_try_are_those_of_which_a_trigger_stands_in_the_text(text):
    expected = [at for at, triggers in enumerate(ROWS) if any(trigger in text for trigger in triggers)]
    assert Triggers(ROWS).rows(text, PLAIN_WORDS.findall(text)) == expected
