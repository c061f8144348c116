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
Elon Musk|Musk|Elon
Stephen A. Smith|Stephen A Smith|Stephen Smith
Dwayne Johnson|The Rock|Dwayne 'The Rock' Johnson
LeBron James|Lebron
Jerome Powell|Powell
Kevin Hassett|Hassett
Kevin Warsh|Warsh
Vladimir Putin|Putin
Volodymyr Zelenskyy|Zelenskyy|Zelensky|Volodymyr Zelensky|Zelenskiy
Xi Jinping
Pope Leo XIV|Pope Leo|Leo XIV|Robert Prevost
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
Charles III|King Charles III|King Charles
Samuel Alito|Alito
Clarence Thomas
Sonia Sotomayor|Sotomayor
Marjorie Taylor Greene|MTG
Scott Bessent|Bessent
Kristi Noem|Noem
Tulsi Gabbard|Gabbard
Howard Lutnick|Lutnick
Susie Wiles
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
oliver olly ollie
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

# Given names beyond those above: what may stand before a surname that the other venue writes alone.
_FIRST_NAMES_TABLE: Final = """
aaron adam adrian ahmed alan alejandro alessandro alexis ali alice alvaro amanda amy ana andre andrea
andres angel angela ann anna anne antoine antonio aryna ashley august axel bernardo beto brad brandon
brett brian brittany bruce bruno bryan bryce cameron camilo carl carla carlos carol carolina caroline
casper cesar chad charlotte chiara chloe christian cindy claire clara claudia clint cody coco cole colin
connor cory craig cristian cristina daria dario darren david dean denis dennis derek diana diego dmitry
dominic dominique doug douglas drake duncan dustin dylan edgar eduardo edwin elena eli elias ella ellen
elliot emil emilia emily emma emmanuel enrique eric erica erik erin ernesto ethan eugene eva evan fabian
fabio felipe felix fernando filip florian frances francesco francisco franco gabriela gary gavin george
gerard giacomo gianni gina giovanni glenn gloria grace graham grant greta gretchen guillermo gustavo
hannah harriet harvey hassan hector heidi helen helena henri hugo ian ibrahim ignacio iga igor ilia irene
iris isaac isabel ivan jaime jakub jan jana jane jannik jason javier jay jean jeremy jerome jesus jill
joan joana joao joaquin joel johan jordan jorge jose josef josephine juan judith julia julian julie
juliette julio justin karen karim karl karolina katherine kathleen keir keith kelly kevin kirsten kristen
kurt kyle lance lars laura lauren laurent leah leon leonardo leonid leticia lewis liam lily linda lindsay
lisa logan lorenzo louise lucas lucia luca luis luisa luke lukas lydia magnus manuel marc marcel marcelo
marco marcos marcus maria mariana marie marina mario marion mark marta martha martin martina mary mason
mateo mathieu matteo max maxim megan melissa michel miguel mikael milan mirra mohamed mohammed monica
nadia naomi natalia natalie neil nelson nicola nicole nigel nikita nikola nina noah nora novak oleg olga
olivia omar oscar otto owen pablo pamela paola paolo paul paula paulo pavel pedro penny pierre piotr
preston rachel rafael rahul ralph ramon raphael raul ray renee ricardo riccardo rita roberto robin
rodrigo roger roland roman romain rosa ross roy ruben russell ruth ryan sabrina salvador samantha sandra
sara sarah scott sean sebastian sergei sergio shane shannon sharon sherrod silvia simon simone sofia
sonia sophia sophie spencer stefan stefano stella stuart sven sylvia tanya tara taylor teresa thiago
tiago todd travis trevor tyler ulrich ursula valentina valeria valerie vanessa vera veronica viktor
vincenzo virginia vivian vladimir wayne wendy wes wesley whitney xavier yann yolanda yulia yuri yusuf
yvonne zoe
"""
FIRST_NAMES: Final = frozenset(_FIRST_NAMES_TABLE.split())
