"""Countries, US states and the ways venues write them. First name is canonical; adjectives and codes
follow.
"""

from __future__ import annotations

from typing import Final

COUNTRIES: Final = """
Global|Globally|Worldwide|Around the World
United States|US|USA|U.S.|U.S.A.|United States of America|American
United Kingdom|UK|U.K.|Great Britain|Britain|British
European Union|EU|E.U.
Eurozone|Euro Area|Euro zone
England|English
Scotland|Scottish
Wales|Welsh
Northern Ireland|Northern Irish
Ireland|Irish|Republic of Ireland
France|French
Germany|German
Spain|Spanish
Italy|Italian
Portugal|Portuguese
Netherlands|Dutch|Holland
Belgium|Belgian
Luxembourg
Switzerland|Swiss
Austria|Austrian
Poland|Polish
Czechia|Czech Republic|Czech
Slovakia|Slovak
Hungary|Hungarian
Romania|Romanian
Bulgaria|Bulgarian
Greece|Greek
Croatia|Croatian
Serbia|Serbian
Slovenia|Slovenian
Bosnia and Herzegovina|Bosnia|Bosnia & Herzegovina|Bosnia-Herzegovina|Bosnian
Montenegro|Montenegrin
North Macedonia|Macedonia
Albania|Albanian
Kosovo
Moldova|Moldovan
Ukraine|Ukrainian
Belarus|Belarusian
Russia|Russian|Russian Federation
Estonia|Estonian
Latvia|Latvian
Lithuania|Lithuanian
Finland|Finnish
Sweden|Swedish
Norway|Norwegian
Denmark|Danish
Iceland|Icelandic
Greenland
Malta|Maltese
Cyprus|Cypriot
Turkey|Turkiye|Turkish
Armenia|Armenian
Azerbaijan|Azerbaijani
Israel|Israeli
Palestine|Palestinian
Lebanon|Lebanese
Syria|Syrian
Iraq|Iraqi
Iran|Iranian|IR Iran
Jordan|Jordanian
Georgia|Georgian
Chad
Saudi Arabia|Saudi|KSA
United Arab Emirates|UAE|U.A.E.
Qatar|Qatari
Kuwait|Kuwaiti
Bahrain|Bahraini
Oman|Omani
Yemen|Yemeni
Afghanistan|Afghan
Pakistan|Pakistani
India|Indian
Bangladesh|Bangladeshi
Sri Lanka|Sri Lankan
Nepal|Nepalese|Nepali
China|Chinese|PRC|China PR
Taiwan|Taiwanese|Chinese Taipei
Hong Kong
Japan|Japanese
South Korea|Korea Republic|Republic of Korea|South Korean|Korea
North Korea|North Korean|DPRK
Mongolia|Mongolian
Vietnam|Vietnamese
Thailand|Thai
Cambodia|Cambodian
Laos|Laotian
Myanmar|Burma
Malaysia|Malaysian
Singapore|Singaporean
Indonesia|Indonesian
Philippines|Philippine|Filipino
Australia|Australian
New Zealand
Kazakhstan|Kazakh
Uzbekistan|Uzbek
Kyrgyzstan|Kyrgyz
Tajikistan|Tajik
Turkmenistan|Turkmen
Egypt|Egyptian
Libya|Libyan
Tunisia|Tunisian
Algeria|Algerian
Morocco|Moroccan
Sudan|Sudanese
South Sudan|South Sudanese
Ethiopia|Ethiopian
Eritrea
Somalia|Somali
Somaliland
Kenya|Kenyan
Uganda|Ugandan
Tanzania|Tanzanian
Rwanda|Rwandan
DR Congo|Congo DR|DRC|Democratic Republic of the Congo|Democratic Republic of Congo|Congo Kinshasa
Republic of the Congo|Congo Brazzaville|Congo
Gabon|Gabonese
Cameroon|Cameroonian
Nigeria|Nigerian
Niger
Ghana|Ghanaian|Ghanian
Ivory Coast|Cote d'Ivoire|Cote dIvoire|Ivorian
Senegal|Senegalese
Mali|Malian
Burkina Faso
Guinea|Guinean
Guinea-Bissau
Equatorial Guinea
Sierra Leone
Liberia|Liberian
Togo|Togolese
Benin
Gambia|The Gambia
Mauritania
Cape Verde|Cabo Verde|Cape Verde Islands
Angola|Angolan
Zambia|Zambian
Zimbabwe|Zimbabwean
Mozambique|Mozambican
Malawi
Botswana
Namibia|Namibian
South Africa|South African
Madagascar
Canada|Canadian
Mexico|Mexican
Guatemala|Guatemalan
Honduras|Honduran
El Salvador|Salvadoran
Nicaragua|Nicaraguan
Costa Rica|Costa Rican
Panama|Panamanian
Cuba|Cuban
Haiti|Haitian
Dominican Republic|Dominican
Jamaica|Jamaican
Trinidad and Tobago|Trinidad & Tobago|Trinidad
Curacao
Puerto Rico|Puerto Rican
West Indies|Windies
Colombia|Colombian
Venezuela|Venezuelan
Ecuador|Ecuadorian
Peru|Peruvian
Bolivia|Bolivian
Brazil|Brazilian
Paraguay|Paraguayan
Uruguay|Uruguayan
Argentina|Argentine|Argentinian
Chile|Chilean
Guyana|Guyanese
Suriname
South America|CONMEBOL|South American
North America|CONCACAF
Europe|European|UEFA nations
Africa|African|CAF
Asia|Asian|AFC nations
"""

STATES: Final = """
Alabama|AL
Alaska|AK
Arizona|AZ
Arkansas|AR
California|CA
Colorado|CO
Connecticut|CT
Delaware|DE
Florida|FL
Georgia|GA
Hawaii|HI
Idaho|ID
Illinois|IL
Indiana|IN
Iowa|IA
Kansas|KS
Kentucky|KY
Louisiana|LA
Maine|ME
Maryland|MD
Massachusetts|MA
Michigan|MI
Minnesota|MN
Mississippi|MS
Missouri|MO
Montana|MT
Nebraska|NE
Nevada|NV
New Hampshire|NH
New Jersey|NJ
New Mexico|NM
New York|NY
North Carolina|NC
North Dakota|ND
Ohio|OH
Oklahoma|OK
Oregon|OR
Pennsylvania|PA
Rhode Island|RI
South Carolina|SC
South Dakota|SD
Tennessee|TN
Texas|TX
Utah|UT
Vermont|VT
Virginia|VA
Washington|WA
West Virginia|WV
Wisconsin|WI
Wyoming|WY
District of Columbia|DC
"""

CITIES: Final = """
New York City|NYC
Washington DC|Washington D.C.|Washington, DC
Los Angeles|LA
San Francisco|SF
Las Vegas
Philadelphia|Philly
New Orleans|NOLA
Salt Lake City|SLC
Mexico City|CDMX
St. Louis|Saint Louis
Fort Worth
Kyiv|Kiev
Odesa|Odessa
Mumbai|Bombay
Seoul
Tokyo
London
Paris
Hong Kong
Buenos Aires
Sao Paulo
Tel Aviv
Kuala Lumpur
"""
