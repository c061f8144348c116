"""People whom venues name in more than one way. First name is canonical.

A surname alone is listed only where readers take it for one person without context.
"""

from __future__ import annotations

from typing import Final

PEOPLE: Final = """
Donald Trump|Trump|Donald J. Trump|President Trump|Donald J Trump
Donald Trump Jr.|Trump Jr.|Don Jr.|Donald Trump Jr|Donald Trump Junior
Barron Trump
Eric Trump
Ivanka Trump
Lara Trump
Melania Trump|Melania
Joe Biden|Biden|Joseph Biden
Hunter Biden
Jill Biden
Kamala Harris|Harris
JD Vance|J.D. Vance|J. D. Vance|Vance|James David Vance
Alexandria Ocasio-Cortez|AOC|Ocasio-Cortez|Alexandria Ocasio Cortez
Robert F. Kennedy Jr.|RFK Jr.|RFK Jr|RFK|Robert Kennedy Jr.|Robert F Kennedy Jr
Bernie Sanders|Sanders
Gavin Newsom|Newsom
Marco Rubio|Rubio
Ron DeSantis|DeSantis
Pete Buttigieg|Buttigieg
Nikki Haley|Haley
Vivek Ramaswamy|Ramaswamy
Elon Musk|Musk
Stephen A. Smith|Stephen A Smith
Dwayne Johnson|The Rock|Dwayne 'The Rock' Johnson
LeBron James|Lebron
Jerome Powell|Powell
Kevin Hassett|Hassett
Kevin Warsh|Warsh
Vladimir Putin|Putin
Volodymyr Zelenskyy|Zelenskyy|Zelensky|Volodymyr Zelensky|Zelenskiy
Xi Jinping
Benjamin Netanyahu|Netanyahu|Bibi
Emmanuel Macron|Macron
Keir Starmer|Starmer
Nigel Farage|Farage
Ursula von der Leyen|von der Leyen
Giorgia Meloni|Meloni
Narendra Modi|Modi
Kim Jong-un|Kim Jong Un|Kim Jong-Un
Nicolas Maduro|Maduro
Javier Milei|Milei
Luiz Inacio Lula da Silva|Lula|Lula da Silva
Jair Bolsonaro
Flavio Bolsonaro
Eduardo Bolsonaro
Michelle Bolsonaro
Mohammed bin Salman|MBS|Mohammad bin Salman
Ali Khamenei|Khamenei|Ayatollah Khamenei|Ayatollah Ali Khamenei
Recep Tayyip Erdogan|Erdogan
Viktor Orban|Orban
Peter Magyar|Magyar Peter
Pierre Poilievre|Poilievre
Mark Carney|Carney
Justin Trudeau|Trudeau
Sam Altman|Altman
Sam Bankman-Fried|SBF|Sam Bankman Fried
Changpeng Zhao|CZ
Satoshi Nakamoto|Satoshi
Mark Zuckerberg|Zuckerberg
Jeff Bezos|Bezos
Ghislaine Maxwell
Pete Hegseth|Hegseth
Kash Patel
Pam Bondi|Bondi
Kristi Noem|Noem
Tulsi Gabbard|Gabbard
Scott Bessent|Bessent
Howard Lutnick|Lutnick
Stephen Miran|Miran
Christopher Waller|Chris Waller
Zohran Mamdani|Mamdani
Andrew Cuomo|Cuomo
Curtis Sliwa|Sliwa
Lionel Messi|Messi|Leo Messi
Cristiano Ronaldo|Ronaldo|CR7
Kylian Mbappe|Mbappe
Erling Haaland|Haaland
Shohei Ohtani|Ohtani
Vinicius Junior|Vinicius Jr.|Vinicius Jr|Vini Jr|Vini Jr.
Neymar|Neymar Jr|Neymar Jr.
Carlos Sainz|Carlos Sainz Jr.|Carlos Sainz Jr
Max Verstappen|Verstappen
Kimi Antonelli|Andrea Kimi Antonelli
Nico Hulkenberg|Hulkenberg
Sergio Perez|Checo Perez
Taylor Swift
Travis Kelce|Kelce
Ye|Kanye West|Kanye
Jay-Z|Jay Z
Beyonce|Beyonce Knowles
Bad Bunny
MrBeast|Mr Beast|Mr. Beast
Giannis Antetokounmpo|Giannis
Shai Gilgeous-Alexander|SGA
"""

# Short given names and the long form they stand for: two people with one surname agree when these agree.
GIVEN: Final = """
abraham abe
albert al bert
alexander alex sasha alec
alexandra alex sandra
andrew andy drew
anthony tony
benjamin ben
bernard bernie
charles charlie chuck
christina tina chris
christopher chris
daniel dan danny
david dave
deborah debbie deb
donald don donnie
edward ed eddie ted
elizabeth liz beth lizzie betsy
francis frank
frederick fred freddie
gabriel gabe
gerald gerry jerry
gregory greg
harold harry
henry hank
jacob jake
james jim jimmy jamie
jeffrey jeff
jennifer jen jenny
jessica jess
john johnny jack jon
jonathan jon
joseph joe joey
joshua josh
katherine kate kathy katie catherine
kenneth ken kenny
kimberly kim
lawrence larry
leonard leo len
louis lou
margaret maggie meg peggy
matthew matt
michael mike mikey
michelle shelly
nathaniel nathan nate
nicholas nick nico nicolas
oliver olly
patricia pat patty trish
patrick pat paddy
peter pete
philip phil phillip
rebecca becky
richard rick dick rich ricky
robert bob rob bobby robby
ronald ron ronnie
samuel sam sammy
stephen steve steven
susan sue suzy
theodore ted theo
thomas tom tommy
timothy tim
valentin val
victoria vicky vicki
vincent vince
walter walt
william bill will billy
zachary zach zack
"""
