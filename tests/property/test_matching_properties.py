"""What holds for any two questions: symmetry, determinism, no way from different to same by adding words."""

from hypothesis import given
from hypothesis import strategies as st

from dutchbook.domain.matching.events import judge_events
from dutchbook.domain.matching.judge import judge, judge_questions
from dutchbook.domain.matching.judgement import Relation
from dutchbook.domain.matching.listing import EventListing, Listing
from dutchbook.domain.matching.question import Question
from dutchbook.domain.matching.text import PLAIN_WORDS
from dutchbook.domain.matching.triggers import Triggers

NAMES = st.sampled_from(
    ["Norway", "Spain", "Ann Lee", "Donald Trump", "Bitcoin", "South Korea", "Arsenal", "Boston", "the Fed"]
)
PREDICATES = st.sampled_from(
    [
        "win the {year} FIFA World Cup",
        "win the {year} Democratic presidential nomination",
        "visit Japan by June 30, {year}",
        "be above ${n}k on May {day}, {year}",
        "hit ${n}k in {year}",
        "win Group {group} in the {year} World Cup",
        "finish in the Top {n} at the {year} Masters",
        "cut rates in June {year}",
        "lead the NBA in points in {year}",
    ]
)


@st.composite
def titles(draw):
    predicate = draw(PREDICATES).format(
        year=draw(st.integers(2026, 2029)),
        n=draw(st.integers(1, 20)),
        day=draw(st.integers(1, 28)),
        group=draw(st.sampled_from("ABC")),
    )
    return f"Will {draw(NAMES)} {predicate}?"


FREE = st.text(max_size=60)
ANY = st.one_of(titles(), FREE)


def listing(title, market_id="m"):
    return Listing("venue", market_id, title)


@given(ANY, ANY)
def test_the_relation_does_not_depend_on_the_order(left, right):
    there, back = judge(listing(left), listing(right)), judge(listing(right), listing(left))
    assert there.relation is back.relation
    assert {veto.family for veto in there.vetoes} == {veto.family for veto in back.vetoes}


@given(ANY, ANY)
def test_an_answer_is_always_the_same(left, right):
    assert judge(listing(left), listing(right)) == judge(listing(left), listing(right))


@given(ANY, ANY)
def test_a_scan_that_stops_at_the_first_veto_refuses_the_same_pairs(left, right):
    questions = Question(listing(left)), Question(listing(right))
    whole, brief = judge_questions(*questions), judge_questions(*questions, brief=True)
    assert brief.relation is whole.relation
    assert brief == whole or whole.vetoes


@given(titles())
def test_a_question_is_itself(title):
    assert judge(listing(title), listing(title)).relation is Relation.SAME


TRIGGER = st.text("abx1 #?", min_size=1, max_size=4)


@given(
    st.lists(st.lists(TRIGGER, min_size=1, max_size=3).map(tuple), max_size=8),
    st.text("abx1 #?", max_size=30),
)
def test_no_row_of_which_a_trigger_stands_in_the_text_is_left_out(rows, text):
    expected = [at for at, triggers in enumerate(rows) if any(trigger in text for trigger in triggers)]
    assert Triggers(rows).rows(text, PLAIN_WORDS.findall(text)) == expected


SUFFIXES = st.sampled_from([" Zorblax", " Quimby Festival", " in Atlantis", " Fooville", " with Xanthe Qorl"])


@given(titles(), titles(), SUFFIXES)
def test_adding_unrelated_words_never_turns_different_into_same(left, right, suffix):
    before = judge(listing(left), listing(right)).relation
    after = judge(listing(left), listing(right.removesuffix("?") + suffix + "?")).relation
    assert not (before is Relation.DIFFERENT and after in {Relation.SAME, Relation.INVERSE})


PLACEHOLDERS = st.sampled_from(
    ["Person G", "Team AE", "Player 9", "Candidate X", "another team", "any other person", "someone else"]
)


@given(PLACEHOLDERS, titles(), st.booleans())
def test_a_placeholder_is_never_the_same_as_anything(name, other, itself):
    title = f"Will {name} win the 2028 Democratic presidential nomination?"
    judgement = judge(listing(title), listing(title if itself else other))
    assert judgement.relation is Relation.DIFFERENT


@given(ANY, ANY, st.lists(ANY, max_size=3), st.lists(ANY, max_size=3))
def test_events_are_symmetric_too(left, right, mine, theirs):
    a = EventListing("one", "a", left, tuple(mine), len(mine))
    b = EventListing("two", "b", right, tuple(theirs), len(theirs))
    assert judge_events(a, b).relation is judge_events(b, a).relation


@given(ANY, st.lists(ANY, max_size=4))
def test_scores_stay_within_a_million(title, children):
    event = EventListing("one", "a", title, tuple(children), len(children))
    assert 0 <= judge_events(event, event).score_ppm <= 1_000_000
