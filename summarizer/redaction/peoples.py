"""What people say they are by country: `I'm Canadian`, `je suis Français`, `soy Argentino`, `ich bin Österreicher`."""

import re

_ENGLISH = """african american australian canadian italian indian russian brazilian ukrainian iranian egyptian nigerian
    ghanaian kenyan ethiopian somali algerian moroccan tunisian syrian jordanian israeli lebanese saudi
    turkish kurdish greek romanian bulgarian serbian croatian bosnian slovenian slovak hungarian czech
    polish austrian swiss belgian dutch danish swedish norwegian finnish icelandic irish scottish welsh
    british english portuguese spanish french german european asian mexican cuban colombian peruvian
    chilean argentinian argentine venezuelan ecuadorian bolivian dominican haitian jamaican chinese
    japanese korean vietnamese thai filipino indonesian malaysian singaporean pakistani bangladeshi
    nepalese afghan estonian latvian lithuanian maltese cypriot christian jewish muslim catholic buddhist
    hindu vegan vegetarian"""
_FRENCH = """français anglais allemand espagnol italien portugais belge suisse canadien québécois américain mexicain
    brésilien argentin chilien péruvien colombien algérien marocain tunisien sénégalais ivoirien
    camerounais malien congolais malgache libanais syrien turc grec roumain bulgare serbe croate polonais
    tchèque hongrois autrichien néerlandais hollandais danois suédois norvégien finlandais irlandais
    écossais gallois britannique russe ukrainien chinois japonais coréen vietnamien indien parisien
    lyonnais marseillais breton corse européen africain asiatique"""
_SPANISH = """español inglés francés alemán italiano portugués argentino mexicano colombiano peruano chileno venezolano
    ecuatoriano boliviano uruguayo paraguayo cubano dominicano puertorriqueño guatemalteco hondureño
    salvadoreño nicaragüense costarricense panameño estadounidense americano canadiense brasileño
    marroquí ruso ucraniano rumano polaco griego turco chino japonés coreano indio belga suizo holandés
    danés sueco noruego finlandés irlandés británico madrileño catalán vasco gallego andaluz valenciano
    europeo"""
_GERMAN = """deutsche österreicher schweizer franzose engländer brite ire schotte spanier italiener portugiese grieche
    türke pole tscheche ungar rumäne bulgare serbe kroate bosnier russe ukrainer däne schwede norweger
    finne holländer niederländer belgier amerikaner kanadier mexikaner brasilianer argentinier chinese
    japaner inder syrer iraner iraker afghane ägypter marokkaner tunesier europäer berliner hamburger
    münchner wiener"""
_FRENCH_ENDS, _SPANISH_ENDS, _GERMAN_ENDS = "(?:e|s|es|ne|nes)?", "(?:s|es|a|as)?", "(?:in|innen|n|r|s)?"


def _any(peoples: str, endings: str = "s?") -> str:
    return f"(?:{'|'.join(peoples.split())}){endings}"


# Spanish puts an a for the o, and takes the accent off.
_FEMALE = " ".join(
    f"{one[:-1]}a" if one.endswith("o") else one.translate(str.maketrans("éáóñ", "eaoñ")) for one in _SPANISH.split()
)
PEOPLES = re.compile(
    "|".join([
        _any(_ENGLISH), _any(_FRENCH, _FRENCH_ENDS), _any(f"{_SPANISH} {_FEMALE}", _SPANISH_ENDS),
        _any(_GERMAN, _GERMAN_ENDS), "franzö?sin", "turque", "grecque",
    ]),
    re.IGNORECASE,
)  # fmt: skip
