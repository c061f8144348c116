"""Assets, indicators, organisations and what they make. First name is canonical.

Each table is ``canonical | other | other``; the loader turns each line into one token of the table's kind.
"""

from __future__ import annotations

from typing import Final

ASSETS: Final = """
bitcoin|BTC|XBT|$BTC
ethereum|ETH|Ether|$ETH
solana|SOL|$SOL
xrp|Ripple|$XRP
dogecoin|DOGE|$DOGE
bnb|Binance Coin|BNB Chain|$BNB
cardano|ADA
avalanche token|AVAX
litecoin|LTC
bitcoin cash|BCH
chainlink|LINK token
polkadot|DOT token
hyperliquid|HYPE|$HYPE
shiba inu|SHIB
pepe coin|PEPE
sui|$SUI
tron|TRX
toncoin|TON coin
monero|XMR
zcash|ZEC
stellar|XLM
s&p 500|S&P500|SPX|S&P|SP500|S and P 500|S&P 500 (SPX)|INX
nasdaq 100|Nasdaq-100|NDX|Nasdaq 100|US100
dow jones|Dow|DJIA|Dow Jones Industrial Average
russell 2000|RUT
vix|CBOE VIX|Volatility Index
nikkei|Nikkei 225
ftse 100|FTSE
dax|DAX 40
gold|XAU|XAUUSD|Gold (GC)
silver|XAG|Silver (SI)
wti|Crude Oil|WTI Crude|WTI crude oil|Crude Oil (CL)|WTI Oil
brent|Brent crude|Brent crude oil
natural gas|Nat Gas|Henry Hub
copper|Copper (HG)
eur/usd|EURUSD|EUR USD
usd/jpy|USDJPY|USD JPY
gbp/usd|GBPUSD|GBP USD
apple|AAPL
microsoft|MSFT
nvidia|NVDA
tesla|TSLA
amazon|AMZN
google|GOOGL|GOOG|Alphabet
meta|META platforms|Facebook
netflix|NFLX
microstrategy|MSTR|Strategy (MSTR)
coinbase|COIN
palantir|PLTR
robinhood|HOOD
gamestop|GME
openai|Open AI
"""

_NEW_YORK_TABLE: Final = """
s&p 500|nasdaq 100|dow jones|russell 2000|apple|microsoft|nvidia|tesla|amazon|google|meta|netflix
microstrategy|coinbase|palantir|robinhood|gamestop
"""
NEW_YORK: Final = frozenset(_NEW_YORK_TABLE.replace("\n", "|").strip("|").split("|"))
"""Assets whose close is that of the exchanges in New York, at 4 p.m."""

INDICATORS: Final = """
cpi|Consumer Price Index|inflation|CPI inflation|inflation rate
core cpi|CPI Core|core inflation|Core Consumer Price Index
pce|PCE inflation
core pce|PCE Core
ppi|Producer Price Index
unemployment|unemployment rate|U-3|U3|jobless rate|unemployment rate (U-3)
gdp|GDP growth|Gross Domestic Product|real GDP|GDP growth rate|Real GDP growth
nonfarm payrolls|jobs report|payrolls|nonfarm payroll|NFP|jobs added|jobs be added
jobless claims|initial jobless claims|initial claims
retail sales
housing starts
fed funds rate|federal funds rate|Fed rate|Fed interest rate|Fed interest rates
fomc|Federal Open Market Committee|Fed meeting
federal reserve|the Fed|Fed
ecb|European Central Bank
bank of england|BoE
bank of japan|BoJ
people's bank of china|PBOC|PBoC|Peoples Bank of China
bank of canada|BoC
bank of mexico|Banxico
bank of russia|Central Bank of Russia|CBR
reserve bank of australia|RBA
swiss national bank|SNB
bank of brazil|Banco Central do Brasil|Copom
approval rating|job approval|approval
net approval|net approval rating
10-year treasury|10Y Treasury|10-year yield|10 year treasury yield
mortgage rate|30-year mortgage rate|30Y mortgage|30-year fixed mortgage rate|30-year fixed-rate mortgage
gas prices|gas price|gasoline price|gasoline prices|average gas price|average gas prices|US gas price|\
US gas prices
"""

ORGANISATIONS: Final = """
united nations|UN|U.N.
nato|North Atlantic Treaty Organization
imf|International Monetary Fund
world health organization|WHO
wto|World Trade Organization
opec|OPEC+
iaea|International Atomic Energy Agency
icc|International Criminal Court
securities and exchange commission|SEC
cftc|Commodity Futures Trading Commission
fda|Food and Drug Administration
fbi|Federal Bureau of Investigation
cia|Central Intelligence Agency
doj|Department of Justice|Justice Department
dhs|Department of Homeland Security
immigration and customs enforcement|ICE
nasa|National Aeronautics and Space Administration
doge department|Department of Government Efficiency
congress|U.S. Congress|US Congress
supreme leader
warner bros|Warner Bros. Discovery|Warner Bros Discovery|Warner Brothers|WBD
secretary-general|Secretary General
"""

BANK_COUNTRIES: Final = {
    "federal reserve": "united states",
    "fomc": "united states",
    "fed funds rate": "united states",
    "ecb": "eurozone",
    "bank of england": "united kingdom",
    "bank of japan": "japan",
    "people's bank of china": "china",
    "bank of canada": "canada",
    "bank of mexico": "mexico",
    "bank of russia": "russia",
    "reserve bank of australia": "australia",
    "swiss national bank": "switzerland",
    "bank of brazil": "brazil",
}
"""A venue may write "Mexico rate decision" for the Bank of Mexico's."""

WORKS: Final = """
gta 6|GTA VI|GTA6|Grand Theft Auto VI|Grand Theft Auto 6
chatgpt|Chat GPT
gpt-5|GPT 5|GPT5
gpt-6|GPT 6|GPT6
grok 5|Grok5
truth social
red bull|Red Bull Racing|Oracle Red Bull Racing
james bond|007|Bond film
full self driving|FSD|Full Self-Driving
"""

_MAKERS_TABLE: Final = """
openai: gpt-5 gpt-6 chatgpt gpt sora
nasa: artemis
anthropic: claude opus sonnet
google: gemini
xai: grok
meta: llama
spacex: starship starlink falcon
tesla: optimus cybercab cybertruck fsd
apple: iphone ipad macbook
rockstar: gta
microsoft: windows xbox copilot
sony: playstation
amazon: kindle
samsung: galaxy
"""
MAKERS: Final = {
    product: maker
    for maker, _, products in (line.partition(": ") for line in _MAKERS_TABLE.strip().splitlines())
    for product in products.split()
}
"""Product to who makes it: beside the product's name the maker's adds nothing."""
