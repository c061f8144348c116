"""Plain words: those that carry no meaning for a match, those that carry little, and those that mean the
same.
"""

from __future__ import annotations

from typing import Final


def _by_variant(table: str) -> dict[str, str]:
    """A line names the canonical word first, then its variants."""
    rows = (line.split() for line in table.strip().splitlines())
    return {variant: canonical for canonical, *variants in rows for variant in variants}


_STOP_TABLE: Final = """
a above an and are as at be been being below between by can did do does during else ever for from get gets had
has have he her his how if in into is it its itself just may more most no not of off on or our over own
per she should so some such than that the their them then there these they this those to under up upon us
was we were what when where whether which while who whom whose why will with within would you your happen
happens happened yes de da del di du resolve resolves market markets question following according
"""
STOP: Final = frozenset(_STOP_TABLE.split())

_SOFT_TABLE: Final = """
go goes exactly precisely chess
office holder any another anyone anybody someone candidate candidates official officially officialy award
awards trophy prize winner winners win wins won champion champions championship title titles finals
season regular race race's seat general election elections special event events men mens men's male fc cf
sc ac afc club team teams national new year time times again next last current currently overall become
becomes became named name next's more other level game games match matches matchup series tournament cup
league leagues party world international song songs midterm midterms magnitude pro professional player
players pitcher driver
drivers person people number many much total result results outcome place finish finishes finished price
prices value rate growth real monthly annual change index level reported report release released edt est
et gmt pm am et noon close closing closed day days date main after conference held hold holds annual
country countries overall singles included include includes list nation nations player make makes made
upcoming coming formally ceremony edition contest competition scheduled originally occur occurs
decision decisions reach reaches year- over-year interest month today seat seats vehicle vehicles company
companies
"""
SOFT: Final = frozenset(_SOFT_TABLE.split())
"""Words that a venue adds or leaves out at will; alone they neither join nor part two questions."""

_CLUB_WORDS_TABLE: Final = """
aa ac acf afc aj as asd associacao associazione atletico balompie baloncesto basket basketball bc bk bsc
ca calcio cd cf cfc cfr club clube clubs cp cr da das de del deportes deportivo der des do e ec el
esporte esports fbc fbk fbpa fc fk football fsv futbol futebol gaming gnk hk hotspur if ik jk kk krc ksc
kv kvc la le los losc nk of ogc osc rc rcd royal royale rsc saudi sc sco sd se sg sk sport sportif
sporting spvgg squad ss ssc ssv sv team the tsg tsv ud us usd vfb vfl y
"""
_CLUB_NUMBERS: Final = frozenset(map(str, (*range(1, 100), *range(1860, 1960)))) | frozenset(
    f"{n:02}" for n in range(10)
)
CLUB_WORDS: Final = frozenset(_CLUB_WORDS_TABLE.split()) | _CLUB_NUMBERS
"""Parts of a club's formal name that newspapers drop. Never dropped when nothing else is left."""

_DIVISION_TABLE: Final = """
women womens w ladies feminine femenino femenil femeni u17 u18 u19 u20 u21 u23 youth academy reserves
reserve ii iii b challengers juniors jr junior
"""
DIVISION: Final = frozenset(_DIVISION_TABLE.split())
"""Words that make another side or another person of the same name; both questions must have them."""

_SYNONYMS_TABLE: Final = """
leave leaves left leaving out ousted depart departs exits exit
resign resigns resigned resignation
visit visits visited visiting travels travel
meet meets met
release releases drops
launch launches launched
airdrop airdrops
invade invades invasion
capture captures captured
acquire acquires acquired buy buys purchase
die dies death dead
impeach impeached impeachment
pardon pardons pardoned
arrest arrested
charge charged
indict indicted indictment
convict convicted conviction
sentence sentenced
confirm confirmed confirms
nominate nominates nominated
ban banned bans
marry weds married marries wedding
engage engaged
recognize recognise recognizes recognised
ceasefire cease truce cease-fire
sign signs signed
join joins joined
trade traded trades
play played plays playing
perform performs
coach manager managers
film movie movies films
domestic domestically
gross grosses grossed
largest biggest
hottest warmest
temperature temp
draw tie ties
minute mins min minutes
hour hourly
song songs
pick picked picks drafted selected
nominee nomination
artist singer
company companies
united utd
international intl
saint st
mount mt
fort ft
championship championships
qualify qualifies qualified qualification
advance advances
relegated relegation
delivery deliver delivers deliveries delivered
hike hikes hiked raises increase increases hks
cut decrease decreases cuts lowers
maintain maintains unchanged pause
land landed landing
strike struck
attack attacked
withdraw withdrew withdrawn withdrawal
annex annexed annexation
retire retired retirement
endorse endorsed endorsement
ratify ratified ratification
repeal repealed
pass passed passage
suspend suspended suspension
fire fired
lift lifted
impose imposed
deploy deployed deployment
merge merged merger
approve approved
extend extended extension
declare declared declaration
invoke invoked
deport deported deportation
extradite extradited extradition
assassinate assassinated assassination
testify testified
overturn overturned
uphold upheld
block blocked
unban unbanned
divorce divorced
default defaulted
normalize normalise normalized normalised normalization
legalize legalise legalized legalised legalization
blockade blockaded
depeg depegged
delist delisted
hack hacked
host hosted hosting
halt halted
reopen reopened
rename renamed
replace replaced
appoint appointed appointment
"""
SYNONYMS: Final = _by_variant(_SYNONYMS_TABLE)
"""Variant to canonical word."""

_EXONYMS_TABLE: Final = """
prague praha
munich munchen
cologne koln
vienna wien
milan milano
turin torino
rome roma
naples napoli
seville sevilla
lisbon lisboa
copenhagen kobenhavn
gothenburg goteborg
moscow moskva
warsaw warszawa
belgrade beograd
bucharest bucuresti
kyiv kiev
brussels bruxelles
antwerp antwerpen
bruges brugge
ghent gent
nuremberg nurnberg
basel basle
florence firenze
genoa genova
venice venezia
saint sankt st
united utd
athletic ath
deportivo dep
international intl
odesa odessa
kharkiv kharkov
lviv lvov
cracow krakow
brunswick braunschweig
hanover hannover
zurich zuerich
geneva genf geneve
marseille marseilles
lyon lyons
the den
rhine rhein
"""
EXONYMS: Final = _by_variant(_EXONYMS_TABLE)
"""City and club words in two languages, for side names: variant to canonical word."""

_COMMON_TABLE: Final = """
bank open grand first new east west north south central general special state city county district
college university school high street party cup league prize award movie film album song price rate cut
hike deal war peace strike ban tax bill act law court house senate emergency early late final semi
quarter round stage group pool major minor super big total exact score spread over under both half game
map set match series season world annual monthly weekly daily yearly core net gross real nominal first
second third
"""
COMMON: Final = frozenset(_COMMON_TABLE.split())
"""Ordinary words that titles write with a capital: never the missing first name of somebody."""

CHARTS: Final = frozenset({"spotify", "billboard", "gross", "grossing", "weekend", "song", "artist", "album"})
"""What there is of in each country and in the world: which of them is meant must be said on both sides."""
