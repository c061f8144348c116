"""North American leagues: which club plays where, and what else people call it.

One line a club: ``place | nickname |\
 other names``. The place alone ("Cleveland") names every club of that place,
so it is only an agreement once the league or the other side of the game says which one is meant.
Venues shorten two-club cities with a letter ("New York Y", "Chicago WS"): those are other names.
"""

from __future__ import annotations

from typing import Final

NBA: Final = """
Atlanta|Hawks|ATL
Boston|Celtics|BOS
Brooklyn|Nets|BKN
Charlotte|Hornets|CHA
Chicago|Bulls|CHI
Cleveland|Cavaliers|Cavs|CLE
Dallas|Mavericks|Mavs|DAL
Denver|Nuggets|DEN
Detroit|Pistons|DET
Golden State|Warriors|GSW
Houston|Rockets|HOU
Indiana|Pacers|IND
Los Angeles|Clippers|LA Clippers|Los Angeles C|LAC
Los Angeles|Lakers|LA Lakers|Los Angeles L|LAL
Memphis|Grizzlies|MEM
Miami|Heat|MIA
Milwaukee|Bucks|MIL
Minnesota|Timberwolves|Wolves|T-Wolves|MIN
New Orleans|Pelicans|NOP
New York|Knicks|NYK
Oklahoma City|Thunder|OKC
Orlando|Magic|ORL
Philadelphia|76ers|Sixers|PHI
Phoenix|Suns|PHX
Portland|Trail Blazers|Blazers|POR
Sacramento|Kings|SAC
San Antonio|Spurs|SAS
Toronto|Raptors|TOR
Utah|Jazz|UTA
Washington|Wizards|WAS
"""

NFL: Final = """
Arizona|Cardinals|ARI
Atlanta|Falcons|ATL
Baltimore|Ravens|BAL
Buffalo|Bills|BUF
Carolina|Panthers|CAR
Chicago|Bears|CHI
Cincinnati|Bengals|CIN
Cleveland|Browns|CLE
Dallas|Cowboys|DAL
Denver|Broncos|DEN
Detroit|Lions|DET
Green Bay|Packers|GB
Houston|Texans|HOU
Indianapolis|Colts|IND
Jacksonville|Jaguars|Jags|JAX
Kansas City|Chiefs|KC
Las Vegas|Raiders|LV
Los Angeles|Chargers|LA Chargers|Los Angeles C|LAC
Los Angeles|Rams|LA Rams|Los Angeles R|LAR
Miami|Dolphins|MIA
Minnesota|Vikings|MIN
New England|Patriots|Pats|NE
New Orleans|Saints|NO
New York|Giants|NY Giants|New York G|NYG
New York|Jets|NY Jets|New York J|NYJ
Philadelphia|Eagles|PHI
Pittsburgh|Steelers|PIT
San Francisco|49ers|Niners|SF
Seattle|Seahawks|SEA
Tampa Bay|Buccaneers|Bucs|TB
Tennessee|Titans|TEN
Washington|Commanders|WAS
"""

MLB: Final = """
Arizona|Diamondbacks|D-backs|ARI
Atlanta|Braves|ATL
Athletics|Athletics|A's|Oakland Athletics|Oakland A's|Sacramento A's|Las Vegas Athletics|ATH
Baltimore|Orioles|O's|BAL
Boston|Red Sox|BOS
Chicago|Cubs|Chicago C|CHC
Chicago|White Sox|Chicago WS|Chicago W|CWS
Cincinnati|Reds|CIN
Cleveland|Guardians|CLE
Colorado|Rockies|COL
Detroit|Tigers|DET
Houston|Astros|HOU
Kansas City|Royals|KC
Los Angeles|Angels|LA Angels|Los Angeles A|LAA
Los Angeles|Dodgers|LA Dodgers|Los Angeles D|LAD
Miami|Marlins|MIA
Milwaukee|Brewers|MIL
Minnesota|Twins|MIN
New York|Mets|NY Mets|New York M|NYM
New York|Yankees|NY Yankees|New York Y|NYY
Philadelphia|Phillies|PHI
Pittsburgh|Pirates|PIT
San Diego|Padres|SD
San Francisco|Giants|SF
Seattle|Mariners|SEA
St. Louis|Cardinals|STL
Tampa Bay|Rays|TB
Texas|Rangers|TEX
Toronto|Blue Jays|Jays|TOR
Washington|Nationals|Nats|WSH
"""

NHL: Final = """
Anaheim|Ducks|ANA
Boston|Bruins|BOS
Buffalo|Sabres|BUF
Calgary|Flames|CGY
Carolina|Hurricanes|Canes|CAR
Chicago|Blackhawks|CHI
Colorado|Avalanche|Avs|COL
Columbus|Blue Jackets|CBJ
Dallas|Stars|DAL
Detroit|Red Wings|DET
Edmonton|Oilers|EDM
Florida|Panthers|FLA
Los Angeles|Kings|LA Kings|LAK
Minnesota|Wild|MIN
Montreal|Canadiens|Habs|MTL
Nashville|Predators|Preds|NSH
New Jersey|Devils|NJD
New York|Islanders|NY Islanders|New York I|NYI
New York|Rangers|NY Rangers|New York R|NYR
Ottawa|Senators|Sens|OTT
Philadelphia|Flyers|PHI
Pittsburgh|Penguins|Pens|PIT
San Jose|Sharks|SJS
Seattle|Kraken|SEA
St. Louis|Blues|STL
Tampa Bay|Lightning|TBL
Toronto|Maple Leafs|Leafs|TOR
Utah|Mammoth|Utah Hockey Club|UTA
Vancouver|Canucks|VAN
Vegas|Golden Knights|Las Vegas Golden Knights|VGK
Washington|Capitals|Caps|WSH
Winnipeg|Jets|WPG
"""

WNBA: Final = """
Atlanta|Dream
Chicago|Sky
Connecticut|Sun
Dallas|Wings
Golden State|Valkyries
Indiana|Fever
Las Vegas|Aces
Los Angeles|Sparks
Minnesota|Lynx
New York|Liberty
Phoenix|Mercury
Portland|Fire
Seattle|Storm
Toronto|Tempo
Washington|Mystics
"""

MLS: Final = """
Atlanta|Atlanta United|Atlanta United FC|Atlanta Utd
Austin|Austin FC
Charlotte|Charlotte FC
Chicago|Chicago Fire|Chicago Fire FC
Cincinnati|FC Cincinnati
Colorado|Colorado Rapids|Rapids
Columbus|Columbus Crew|Crew
Dallas|FC Dallas
DC|DC United|D.C. United|Washington DC United|DC United SC|D.C. United SC|Washington
Houston|Houston Dynamo|Dynamo|Houston Dynamo FC
Miami|Inter Miami|Inter Miami CF
Los Angeles|LA Galaxy|Los Angeles Galaxy|Galaxy|Los Angeles G
Los Angeles|LAFC|Los Angeles FC|Los Angeles F
Minnesota|Minnesota United|Minnesota United FC|Minnesota Utd
Montreal|CF Montreal|Montreal Impact
Nashville|Nashville SC
New England|New England Revolution|Revolution
New York City|New York City FC|NYCFC|New York City
New York|New York Red Bulls|Red Bulls|NY Red Bulls|Red Bull New York|New York RB
Orlando|Orlando City|Orlando City SC
Philadelphia|Philadelphia Union|Union
Portland|Portland Timbers|Timbers
Salt Lake|Real Salt Lake|RSL
San Diego|San Diego FC
San Jose|San Jose Earthquakes|Earthquakes
Seattle|Seattle Sounders|Sounders|Seattle Sounders FC
Kansas City|Sporting Kansas City|Sporting KC
St. Louis|St. Louis City|St. Louis City SC|St. Louis SC
Toronto|Toronto FC
Vancouver|Vancouver Whitecaps|Whitecaps|Vancouver Whitecaps FC
"""

LEAGUES: Final = {"nba": NBA, "nfl": NFL, "mlb": MLB, "nhl": NHL, "wnba": WNBA, "mls": MLS}
