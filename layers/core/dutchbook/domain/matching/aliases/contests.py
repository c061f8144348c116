"""Leagues, cups, awards, offices and parties. First name is canonical.

Each table is ``canonical | other | other``; the loader turns each line into one token of the table's kind.
Venues that may not use a trade mark write "Pro Basketball" for the NBA: those are other names here.
"""

from __future__ import annotations

from typing import Final

LEAGUES: Final = """
nba|Pro Basketball|Professional Basketball|Pro Men's Basketball|National Basketball Association
wnba|Pro Women's Basketball|Women's Pro Basketball|Women's National Basketball Association
nfl|Pro Football|Professional Football|National Football League
mlb|Pro Baseball|Professional Baseball|Major League Baseball
nhl|Pro Hockey|Professional Hockey|National Hockey League
mls|Major League Soccer
ncaaf|College Football|CFB|NCAA Football|FBS
ncaab|Men's College Basketball|College Basketball|NCAA Basketball|CBB|NCAA Men's Basketball|NCAA Tournament|\
March Madness|NCAAB
ncaaw|Women's College Basketball|NCAA Women's Basketball
world cup|FIFA World Cup|Men's World Cup|Men's FIFA World Cup|FIFA Men's World Cup|Soccer World Cup
women's world cup|FIFA Women's World Cup
club world cup|FIFA Club World Cup
t20 world cup|Men's T20 World Cup|ICC Men's T20 World Cup|ICC T20 World Cup
cricket world cup|ICC Cricket World Cup|ICC Men's Cricket World Cup
rugby world cup|Men's Rugby World Cup
world baseball classic|WBC
epl|English Premier League|Premier League|England Premier League
efl championship|EFL Champ|English Championship
efl cup|Carabao Cup|EFL Carabao Cup|League Cup
fa cup|English FA Cup|Emirates FA Cup
la liga|LaLiga|Spanish La Liga|LaLiga EA Sports|Spanish Primera Division
copa del rey|Spanish Copa del Rey
serie a|Italian Serie A|Serie A league
coppa italia|Italian Cup
bundesliga|German Bundesliga|BUNDL|1. Bundesliga
bundesliga 2|2. Bundesliga|2 Bundesliga|Bundesliga 2
dfb pokal|DFB-Pokal|German Cup
ligue 1|French Ligue 1|Ligue 1 Uber Eats
ligue 2|French Ligue 2
champions league|UEFA Champions League|UCL|Champion's League
europa league|UEFA Europa League|UEL
conference league|UEFA Conference League|Europa Conference League|UECL
nations league|UEFA Nations League
euros|UEFA Euro|UEFA European Championship|European Championship
copa america
libertadores|Copa Libertadores|CONMEBOL Libertadores
sudamericana|Copa Sudamericana|CONMEBOL Sudamericana
brasileirao|Brazilian Serie A|Brasileiro|Brasileiro Serie A|Campeonato Brasileiro|Brasileirao Serie A
copa do brasil|Brazil Cup
liga mx|Mexican Liga MX
eredivisie|Dutch Eredivisie
primeira liga|Portuguese Primeira Liga|Liga Portugal
super lig|Turkish Super Lig
saudi pro league|Saudi League
j league|J1 League|J. League
k league|K League 1
a league|A-League Men|A-League
asian cup|AFC Asian Cup
africa cup of nations|AFCON
ipl|Indian Premier League
super bowl|Pro Football Championship|Big Game|NFL Championship|Pro Football Champion
nba finals|Pro Basketball Finals|Pro Basketball Championship|NBA Championship|NBA Title|\
Pro Basketball Champion|NBA Champion
world series|Pro Baseball Championship|Pro Baseball Champion|MLB World Series|MLB Championship
stanley cup|Pro Hockey Championship|NHL Stanley Cup|Pro Hockey Champion|NHL Championship|Stanley Cup Finals
mls cup|MLS Championship|MLS Champion
college football playoff|CFP|CFP National Championship|College Football National Championship|\
College Football Championship
afc championship|AFC Champion|AFC Championship Game|American Football Conference
nfc championship|NFC Champion|NFC Championship Game|National Football Conference
eastern conference|East Conference|Eastern Conference Finals|NBA East
western conference|West Conference|Western Conference Finals|NBA West
american league|AL|American League Championship Series|ALCS|American League Pennant|AL Pennant
national league|NL|National League Championship Series|NLCS|National League Pennant|NL Pennant
f1|Formula 1|Formula One|F1 World
indycar|IndyCar Series
indy 500|Indianapolis 500
nascar|NASCAR Cup Series|NASCAR Cup
motogp|Moto GP
pga|PGA Tour
liv golf|LIV
masters|The Masters|Masters Tournament|Masters golf
us open golf|U.S. Open golf
pga championship|The PGA Championship
open championship|The Open|British Open|The Open Championship
ryder cup
roland garros|French Open|Roland-Garros
wimbledon|Wimbledon Championships
us open|U.S. Open
australian open
davis cup
ufc|Ultimate Fighting Championship
olympics|Olympic Games|Winter Olympics|Summer Olympics
eurovision|Eurovision Song Contest
oscars|Oscar|Academy Awards|Academy Award|The Oscars|Academy
grammys|Grammy|Grammy Awards|Grammy Award|Annual Grammy Awards
emmys|Emmy|Emmy Awards|Primetime Emmy Awards|Emmy Award|Primetime Emmys
golden globes|Golden Globe|Golden Globe Awards
tonys|Tony|Tony Awards|Tony Award
tour de france|Le Tour de France
six nations|6 Nations
cs2|Counter-Strike|Counter-Strike 2|CS:GO|Counter Strike
lol|League of Legends
dota|Dota 2|Dota2
valorant|VCT|Valorant Champions Tour
r6|Rainbow Six|Rainbow Six Siege
"""

_CUPS_TABLE: Final = """
champions league|europa league|conference league|fa cup|efl cup|dfb pokal|copa del rey|coppa italia
nba finals|stanley cup|eastern conference|western conference
"""
CUPS: Final = frozenset(_CUPS_TABLE.strip().replace("\n", "|").split("|"))
"""Competitions over two years that end in a final: their edition goes by the final's year."""

AWARDS: Final = """
mvp|Most Valuable Player
finals mvp|FinalMVP
roty|Rookie of the Year|ROY
dpoy|Defensive Player of the Year
opoy|Offensive Player of the Year
oroy|Offensive Rookie of the Year
droy|Defensive Rookie of the Year
cpoty|Comeback Player of the Year|CPOY
coty|Coach of the Year
moty|Manager of the Year
mip|Most Improved Player
sixth man|Sixth Man of the Year|6MOTY|6th Man of the Year
clutch player|Clutch Player of the Year
cy young|Cy Young Award
hank aaron|Hank Aaron Award
silver slugger
gold glove
hart trophy|Hart Memorial Trophy|Hart Memorial
norris trophy|James Norris Memorial Trophy|Norris
vezina trophy|Vezina
calder trophy|Calder Memorial Trophy|Calder Memorial|Calder
selke trophy|Frank J. Selke Trophy|Frank Selke Trophy
art ross trophy|Art Ross
rocket richard trophy|Maurice Richard Trophy|Maurice Rocket Richard Trophy|Rocket Richard
jack adams award|Jack Adams
conn smythe trophy|Conn Smythe
presidents trophy|Presidents' Trophy
lady byng trophy|Lady Byng Memorial Trophy|Lady Byng
heisman trophy|Heisman
ballon d'or|Ballon dOr|Ballon d Or
golden boot|Top Goalscorer|Top Goal Scorer|Top Scorer|top goal scorer
golden ball
golden glove
best picture|Best Motion Picture
best actor|Actor in a Leading Role
best actress|Actress in a Leading Role
best director|Directing
nobel peace prize|Nobel Peace
time person of the year|TIME's Person of the Year|Person of the Year
game of the year|GOTY
album of the year
song of the year
record of the year
"""

OFFICES: Final = """
president|presidential|presidency|POTUS|white house race|US President|President of the United States
vice president|VP|vice presidential|vice presidency
governor|gubernatorial|governorship|gov
lieutenant governor|lt governor|lt. governor
senate|senator|U.S. Senate|US Senate|Senate race|Senate seat
house|House of Representatives|U.S. House|US House|House seat|House race|congressional
attorney general|AG race|US Attorney General
secretary of state|US Secretary of State
defense secretary|Secretary of Defense|Secretary of War|War Secretary|SecDef
treasury secretary|Secretary of the Treasury|Secretary of Treasury
homeland security secretary|Secretary of Homeland Security|DHS Secretary
health secretary|Secretary of Health and Human Services|HHS Secretary|Secretary of HHS
commerce secretary|Secretary of Commerce
labor secretary|Secretary of Labor
energy secretary|Secretary of Energy
education secretary|Secretary of Education
transportation secretary|Secretary of Transportation
interior secretary|Secretary of the Interior
agriculture secretary|Secretary of Agriculture
fbi director|Director of the FBI
cia director|Director of the CIA
chief of staff|White House Chief of Staff|WH Chief of Staff
dni|Director of National Intelligence
mayor|mayoral|mayoralty
prime minister|PM
chancellor
speaker|Speaker of the House|House Speaker
fed chair|Federal Reserve Chair|Chair of the Federal Reserve|Fed Chairman|chair of the Fed
supreme court|SCOTUS|Supreme Court Justice|Justice on the Supreme Court
parliament|parliamentary
pope|papal
comptroller
treasurer
press secretary|White House Press Secretary
majority leader|Senate Majority Leader
"""

PARTIES: Final = """
democrat|democratic|democrats|democratics|Democratic Party|Democratic party|Dem|Dems
republican|republicans|Republican Party|GOP|Rep party
libertarian|Libertarian Party|libertarians
green party|Greens
labour|Labour Party
conservative|Conservative Party|Tories|Tory|Conservatives
liberal democrats|Lib Dems|Lib Dem
reform uk|Reform|Reform Party
liberal party|Liberals|Liberal
snp|Scottish National Party
plaid cymru
ndp|New Democratic Party
bloc quebecois|Bloc
cdu|CDU/CSU|Christian Democratic Union
spd|Social Democratic Party
afd|Alternative for Germany|AfD
fdp|Free Democratic Party
national rally|Rassemblement National
likud
fidesz
tisza|Tisza Party
law and justice|PiS
civic coalition|Civic Platform
ldp|Liberal Democratic Party
bjp|Bharatiya Janata Party
"""

DIVISIONS: Final = {
    "al": "mlb",
    "nl": "mlb",
    "american": "mlb",
    "national": "mlb",
    "afc": "nfl",
    "nfc": "nfl",
    "northwest": "nba",
    "southeast": "nba",
    "southwest": "nba",
    "metropolitan": "nhl",
}
"""A division by its first word to the body that alone has it."""
