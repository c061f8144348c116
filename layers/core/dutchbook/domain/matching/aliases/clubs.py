"""Football, cricket, rugby and esports clubs whose short names share no word with the long ones.

    One line a club: the first name is canonical. Names that differ only by club words (FC, SC, Calcio,
    1909) need no
line: the name aligner drops those words. A line is needed for a translation (Lyon, Olympique Lyonnais), an
abbreviation (PSG), or a part that another club shares (Inter, Milan).
"""

from __future__ import annotations

from typing import Final

CLUBS: Final = """
Manchester City|Man City|Manchester City FC|MCFC|Man. City
Manchester United|Man United|Man Utd|Manchester Utd|Manchester United FC|MUFC
Newcastle United|Newcastle|Newcastle Utd|Newcastle United FC
Nottingham Forest|Nottingham|Nottm Forest|Nott'm Forest|Nottingham Forest FC
Tottenham Hotspur|Tottenham|Spurs FC|Tottenham Hotspur FC
West Ham United|West Ham|West Ham United FC
Wolverhampton Wanderers|Wolverhampton|Wolves|Wolverhampton Wanderers FC
Brighton & Hove Albion|Brighton|Brighton and Hove Albion|Brighton & Hove Albion FC
Leeds United|Leeds|Leeds Utd|Leeds United FC
Leicester City|Leicester|Leicester City FC
Bournemouth|AFC Bournemouth
Sheffield United|Sheffield Utd|Sheffield United FC
Sheffield Wednesday|Sheffield Wed|Sheffield Wednesday FC
West Bromwich Albion|West Brom|West Bromwich
Queens Park Rangers|QPR
Preston North End|Preston
Blackburn Rovers|Blackburn
Bolton Wanderers|Bolton
Derby County|Derby
Norwich City|Norwich
Ipswich Town|Ipswich
Coventry City|Coventry
Hull City|Hull
Stoke City|Stoke
Swansea City|Swansea
Cardiff City|Cardiff
Birmingham City|Birmingham
Luton Town|Luton
Oxford United|Oxford
Portsmouth|Pompey
Atletico Madrid|Atletico|Club Atletico de Madrid|Atletico de Madrid|Atl. Madrid|ATM
Athletic Bilbao|Athletic Club|Athletic|Bilbao|Athletic Club Bilbao
Real Madrid|Real Madrid CF
Barcelona|FC Barcelona|Barca
Real Betis|Betis|Real Betis Balompie
Real Sociedad|Sociedad|Real Sociedad de Futbol
Celta Vigo|Celta|RC Celta de Vigo|RC Celta
Espanyol|RCD Espanyol|RCD Espanyol de Barcelona
Rayo Vallecano|Rayo|Rayo Vallecano de Madrid
Deportivo Alaves|Alaves
Real Oviedo|Oviedo
Deportivo La Coruna|Deportivo|RC Deportivo
Real Valladolid|Valladolid
Real Zaragoza|Zaragoza
Sporting Gijon|Gijon|Real Sporting de Gijon
Racing Santander|Santander|Real Racing Club de Santander
Inter Milan|Inter|Internazionale|FC Internazionale Milano|Internazionale Milano
AC Milan|Milan
Juventus|Juve|Juventus FC
Napoli|SSC Napoli
Roma|AS Roma
Lazio|SS Lazio
Hellas Verona|Verona|Hellas Verona FC
Sassuolo|US Sassuolo Calcio
Bayern Munich|Bayern|FC Bayern Munchen|Bayern Munchen|FC Bayern Munich|FC Bayern
Borussia Dortmund|Dortmund|BVB|BV Borussia 09 Dortmund
Borussia Monchengladbach|Monchengladbach|Gladbach|M'gladbach|Mgladbach|M gladbach
Bayer Leverkusen|Leverkusen|Bayer 04 Leverkusen
RB Leipzig|Leipzig|RasenBallsport Leipzig
Eintracht Frankfurt|Frankfurt|SG Eintracht Frankfurt
VfB Stuttgart|Stuttgart
Werder Bremen|Bremen|SV Werder Bremen
Hamburger SV|Hamburg|HSV|Hamburger
FC Koln|Koln|Cologne|1. FC Koln|FC Cologne|1. FC Cologne
Mainz 05|Mainz|FSV Mainz 05|1. FSV Mainz 05
Hoffenheim|TSG Hoffenheim|TSG 1899 Hoffenheim|1899 Hoffenheim
Union Berlin|1. FC Union Berlin
St. Pauli|FC St. Pauli|Saint Pauli|FC St. Pauli 1910
Schalke 04|Schalke|FC Schalke 04
Hertha BSC|Hertha|Hertha Berlin
Fortuna Dusseldorf|Dusseldorf
Hannover 96|Hannover
Arminia Bielefeld|Bielefeld
Nurnberg|1. FC Nurnberg|Nuremberg
Paris Saint-Germain|PSG|Paris SG|Paris St Germain|Paris Saint-Germain FC
Paris FC|Paris Football Club
Marseille|Olympique de Marseille|Olympique Marseille|OM
Lyon|Olympique Lyonnais|OL
Lille|Lille OSC|LOSC|LOSC Lille
Monaco|AS Monaco|AS Monaco FC
Nice|OGC Nice
Rennes|Stade Rennais|Stade Rennais FC|Stade Rennais FC 1901|Stade Rennes
Brest|Stade Brestois|Stade Brestois 29|Stade Brest
Lens|RC Lens|Racing Club de Lens
Strasbourg|RC Strasbourg|RC Strasbourg Alsace|Strasbourg Alsace
Saint-Etienne|St Etienne|AS Saint-Etienne
Le Havre|Le Havre AC
Ajax|AFC Ajax|Ajax Amsterdam
PSV Eindhoven|PSV
Feyenoord|Feyenoord Rotterdam
AZ Alkmaar|AZ
Sporting CP|Sporting|Sporting Lisbon|Sporting Clube de Portugal
Benfica|SL Benfica|Sport Lisboa e Benfica
Porto|FC Porto
Braga|SC Braga|Sporting Braga
Vitoria Guimaraes|Vitoria SC|Guimaraes
Celtic|Celtic FC|Glasgow Celtic
Rangers FC|Glasgow Rangers
Heart of Midlothian|Hearts
Galatasaray|Galatasaray SK
Fenerbahce|Fenerbahce SK
Besiktas|Besiktas JK
Istanbul Basaksehir|Basaksehir
Olympiacos|Olympiakos|Olympiacos Piraeus|Olympiacos FC
Panathinaikos|Panathinaikos Athens|Panathinaikos FC
PAOK|PAOK Thessaloniki|PAOK FC
AEK Athens|AEK|AEK Athens FC
Red Star Belgrade|Crvena Zvezda|FK Crvena Zvezda
Partizan|Partizan Belgrade|FK Partizan
Dinamo Zagreb|GNK Dinamo Zagreb
Shakhtar Donetsk|Shakhtar
Dynamo Kyiv|Dynamo Kiev
Sparta Prague|Sparta Praha|AC Sparta Praha
Slavia Prague|Slavia Praha|SK Slavia Praha
Copenhagen|FC Copenhagen|FC Kobenhavn|Kobenhavn
Red Bull Salzburg|RB Salzburg|FC Salzburg|Salzburg
Young Boys|BSC Young Boys
Club Brugge|Brugge|Club Brugge KV
Anderlecht|RSC Anderlecht
Union Saint-Gilloise|Union SG|Royale Union Saint-Gilloise
Royal Antwerp|Antwerp
Bodo/Glimt|Bodo Glimt|FK Bodo/Glimt
Sao Paulo|Sao Paulo FC
Atletico Mineiro|Atletico MG|CA Mineiro|Clube Atletico Mineiro
Athletico Paranaense|Athletico PR|CA Paranaense|Paranaense|Athletico-PR
Atletico Goianiense|AC Goianiense|Goianiense
Vasco da Gama|Vasco|CR Vasco da Gama
Flamengo|CR Flamengo
Gremio|Gremio FBPA
Internacional|SC Internacional
Palmeiras|SE Palmeiras
Corinthians|SC Corinthians Paulista
Botafogo|Botafogo FR
Fluminense|Fluminense FC
Red Bull Bragantino|RB Bragantino|Bragantino
Boca Juniors|Boca|CA Boca Juniors
River Plate|CA River Plate
Racing Club|Racing Avellaneda
Estudiantes|Estudiantes LP|Estudiantes de La Plata
Gimnasia|Gimnasia LP|Gimnasia y Esgrima La Plata
Newell's Old Boys|Newells
Club America|America|CF America
Chivas|Guadalajara|CD Guadalajara|Chivas Guadalajara
Pumas UNAM|Pumas|UNAM|Club Universidad Nacional
Tigres UANL|Tigres
Monterrey|CF Monterrey|Rayados
Cruz Azul|Cruz Azul FC
Juarez|FC Juarez
Al Hilal|Al-Hilal|Al Hilal Saudi Club
Al Nassr|Al-Nassr|Al Nassr Saudi Club
Al Ittihad|Al-Ittihad|Al Ittihad Saudi Club
Al Ahli|Al-Ahli|Al Ahli Saudi Club
Yokohama F. Marinos|Marinos|Yokohama Marinos
Urawa Red Diamonds|Urawa Reds|Urawa
JEF United Chiba|United Chiba|JEF United Ichihara Chiba|JEF United
Machida Zelvia|Machida Z|FC Machida Zelvia|Machida
Kawasaki Frontale|Kawasaki
Vissel Kobe|Kobe
Gamba Osaka|G-Osaka
Cerezo Osaka|C-Osaka
Sanfrecce Hiroshima|Hiroshima
Kashima Antlers|Kashima
Kashiwa Reysol|Kashiwa
Nagoya Grampus|Nagoya
FC Tokyo|Tokyo
Tokyo Verdy|Verdy
Jeonbuk Motors|Jeonbuk|Jeonbuk Hyundai Motors
Ulsan HD|Ulsan|Ulsan Hyundai
Shanghai Port|Shanghai Haigang|Shanghai SIPG
Shanghai Shenhua|Shenhua
Zhejiang|Zhejiang Zhiye|Zhejiang Professional|Zhejiang Greentown
Beijing Guoan|Beijing
Shandong Taishan|Shandong|Shandong Luneng
Chengdu Rongcheng|Chengdu
Tianjin Jinmen Tiger|Tianjin|Tianjin Teda
Wuhan Three Towns|Wuhan
Qingdao Hainiu
Qingdao West Coast|Qingdao Xihaian|Qingdao Youth Island
Dalian Yingbo|Dalian
Changchun Yatai|Changchun
Persib Bandung|Persib
Buriram United|Buriram
Johor Darul Tazim|JDT|Johor
Melbourne City
Melbourne Victory
Western Sydney Wanderers|Western Sydney
Central Coast Mariners|Central Coast
Newcastle Jets
LDU Quito|Liga de Quito|LDU|LDU de Quito
Independiente Medellin|DIM|Medellin|Deportivo Independiente Medellin
Independiente del Valle|IDV
Atletico Nacional|Nacional Medellin
Millonarios|Millonarios FC
Deportivo Cali
America de Cali
Independiente Santa Fe|Santa Fe
Colo-Colo|Colo Colo
Universidad de Chile|U de Chile
Universidad Catolica|U Catolica
Nacional|Club Nacional de Football|Nacional Montevideo
Penarol|CA Penarol
Olimpia|Club Olimpia
Cerro Porteno
Argentinos Juniors|Argentinos
Talleres|Talleres de Cordoba|Talleres Cordoba|CA Talleres
Velez Sarsfield|Velez
San Lorenzo|San Lorenzo de Almagro
Rosario Central
Instituto|Instituto de Cordoba
Lanus|CA Lanus
Huracan|CA Huracan
Sport Recife|Sport
America Mineiro|America MG
Juventude|EC Juventude
Ceara|Ceara SC
Vitoria|EC Vitoria
Bahia|EC Bahia
Santos|Santos FC
Cruzeiro|Cruzeiro EC
Chapecoense|Associacao Chapecoense de Futebol
Al Qadsiah|Al Qadisiyah|Al-Qadsiah|Al Qadisiyah Saudi Club
Al Ettifaq|Al Ittifaq|Al-Ettifaq
Al Taawoun|Al Taawon|Al-Taawoun
Al Fateh|Al-Fateh
Al Shabab|Al-Shabab
Al Ain|Al-Ain
Bnei Sabah|Sabah
Legia Warsaw|Legia Warszawa|Legia
Lech Poznan|Lech
Rakow Czestochowa|Rakow
Jagiellonia Bialystok|Jagiellonia
Ferencvaros|Ferencvarosi TC
Steaua Bucharest|FCSB
Rapid Bucharest|Rapid Bucuresti
Dinamo Bucharest|Dinamo Bucuresti
CFR Cluj
Zenit|Zenit St Petersburg|Zenit Saint Petersburg
Spartak Moscow|Spartak
CSKA Moscow
Lokomotiv Moscow|Lokomotiv
Malmo|Malmo FF
AIK|AIK Stockholm
Djurgarden|Djurgardens IF|Djurgardens
Hammarby|Hammarby IF
Rosenborg|Rosenborg BK
Molde|Molde FK
Brondby|Brondby IF
Midtjylland|FC Midtjylland
Genk|KRC Genk
Gent|KAA Gent|Ghent
Standard Liege|Standard
Twente|FC Twente
Utrecht|FC Utrecht
Sparta Rotterdam
Go Ahead Eagles
Rapid Vienna|Rapid Wien|SK Rapid
Austria Vienna|Austria Wien|FK Austria Wien
Sturm Graz|SK Sturm Graz
Basel|FC Basel|FC Basel 1893
Hibernian|Hibs
Aberdeen|Aberdeen FC
Chennai Super Kings|CSK|Chennai
Mumbai Indians|MI|Mumbai
Royal Challengers Bengaluru|RCB|Royal Challengers Bangalore|Bengaluru|Bangalore
Kolkata Knight Riders|KKR|Kolkata
Sunrisers Hyderabad|SRH|Hyderabad
Delhi Capitals|Delhi
Punjab Kings|PBKS|Punjab
Rajasthan Royals|Rajasthan
Gujarat Titans|Gujarat
Lucknow Super Giants|LSG|Lucknow
Team Liquid|Liquid
Team Spirit|Spirit
Team Vitality|Vitality
Natus Vincere|NAVI|Na'Vi
G2 Esports|G2
FaZe Clan|FaZe
Team Falcons|Falcons Esports
The MongolZ|Mongolz|TheMongolz
Hanwha Life Esports|HLE|Hanwha Life
Gen.G|Gen.G Esports|Geng
Dplus KIA|Dplus|DK
Bilibili Gaming|BLG
JD Gaming|JDG
Top Esports|TES
Weibo Gaming|WBG
EDward Gaming|EDG
Invictus Gaming|IG
Kiwoom DRX|DRX
KT Rolster|KT
Nongshim RedForce|Nongshim|NS RedForce
BNK FearX|FearX|FOX
T1|SKT T1
Ninjas in Pyjamas|NIP
Virtus.pro|Virtus Pro|VP
Evil Geniuses|EG
Cloud9|C9
100 Thieves|100T
"""
