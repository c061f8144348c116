"""Places that a person can state: the countries of ISO 3166-1 (249 of them), and the parts (ISO 3166-2) of
those that a venue bars in parts, or whose parts have country codes of their own.

Closed lists: a place is what bars are looked up by, so a slip of the pen ("UK", "CA-ONT") must not be a place
that nobody bars.
"""

from collections.abc import Mapping


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


COUNTRIES = _codes(
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS "
    "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE "
    "EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC "
    "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA "
    "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO "
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)

_TERRITORIES = frozenset({"AS", "GU", "MP", "PR", "UM", "VI"})
"""Of the United States, with country codes of their own; who bars the US bars them."""

PARTS: Mapping[str, frozenset[str]] = {
    "CA": _codes("AB BC MB NB NL NS NT NU ON PE QC SK YT"),
    "UA": _codes("05 07 09 12 14 18 21 23 26 30 32 35 40 43 46 48 51 53 56 59 61 63 65 68 71 74 77"),
    "US": _TERRITORIES
    | _codes(
        "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH "
        "NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY"
    ),
}

DIVIDED = frozenset({"CA", "UA"})
"""Countries barred in parts: the part has to be named."""

_SAME = {"UK": "GB"} | {code: f"US-{code}" for code in _TERRITORIES}
"""What is written for another place: the code that is only reserved for GB, and the territories."""


def parse_place(text: str) -> str:
    """The place in capitals, territories of the US as its parts. Raises ValueError, naming the fix."""
    # ASCII first: capitals of other letters may be ASCII (U+017F becomes S)
    place = text.upper() if text.isascii() else ""
    place = _SAME.get(place, place)
    country, dash, part = place.partition("-")
    if country not in COUNTRIES or (dash and part not in PARTS.get(country, ())):
        raise ValueError(
            "must be an ISO 3166 code: a country such as CH; of CA, UA and US also a part such as CA-QC"
        )
    if country in DIVIDED and not dash:
        raise ValueError(f"must name the part of {country}, as ISO 3166-2 does: {country}-…")
    return place
