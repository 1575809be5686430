"""Words for people that a name follows: `my wife`, `mon mari`, `mi esposa`, `meine Tochter`, `la maman de`."""

_EN = (
    r"(?:my|his|her|their|our|your)\s+(?:late\s+|older\s+|younger\s+|little\s+)?(?:wife|husband|sons?|daughters?|mother|mom|mum"
    r"|father|dad|brother|sister|partner|boss|colleague|co-?worker|neighbou?r|friend|aunt|uncle|cousin|nephew|niece"
    r"|grand(?:mother|father|ma|pa|son|daughter)|fianc[ée]e?|girlfriend|boyfriend|roommate|flatmate|housemate)"
    r"(?:\s+is|\s+is\s+called|['’]s\s+name\s+is|,)?"
)
_FR = (
    r"(?:mon|ma|son|sa|notre|leur|votre)\s+(?:mari|femme|fils|fille|mère|père|frère|s(?:œ|oe)ur|conjointe?|compagne"
    r"|compagnon|voisine?|collègue|amie?|cop(?:ain|ine)|patronn?e?|épou(?:se|x)|oncle|tante|cousine?|grand-(?:mère|père))"
    r"(?:\s+s['’]appelle|,)?"
    r"|(?:la\s+maman|le\s+papa|la\s+mère|le\s+père|la\s+femme|le\s+mari|le\s+fils|la\s+fille)\s+de"
)
_ES = (
    r"(?:mi|su|nuestr[oa])\s+(?:espos[oa]|marido|mujer|hij[oa]|madre|padre|herman[oa]|novi[oa]|pareja|vecin[oa]|jef[ea]"
    r"|amig[oa]|compañer[oa]|suegr[oa]|abuel[oa]|tí[oa]|prim[oa])(?:\s+se\s+llama|,)?"
)
_DE = (
    r"(?:mein|dein|sein|ihr|unser)(?:e|er|em|en)?\s+(?:mann|frau|tochter|sohn|mutter|vater|bruder|schwester|oma|opa|tante|onkel"
    r"|(?:partner|nachbar|freund|chef|schwager|cousin|kolleg)(?:in|e|n|en)?)(?:\s+heißt|,)?"
)
KIN = rf"(?i:{_EN}|{_FR}|{_ES}|{_DE})"
