"""The small words by which one sees who does something, when, whether it is sure, and whether it is denied."""

import re

from summarizer.conversation import Role
from summarizer.words import STOP_WORDS, any_of

BREAK = re.compile(
    r"[,;:.!?…()\n–—]+|\b(?:but|and|because|so|that|who|which|although|though|while|mais|et|parce|car|donc|qui|pero|y"
    r"|porque|aber|und|weil|dass)\b|(?=\b(?:without|sans|sin|ohne)\b)"
)
NOT_A_DENIAL = any_of(r"""
no (?:problems?|worries|worry|idea|wonder|thanks|thank you|doubt|matter|one else)
not (?:only|just|at all|necessarily)|pas (?:de |du )?(?:problème|souci|tout|seulement|mal)|sans (?:problème|souci|faute)
(?:can't|cannot|can not) wait|why (?:not|don't|doesn't|didn't)|do(?:n't| not) (?:worry|hesitate|forget)
n'hésitez pas|ne vous inquiétez pas|ne t'inquiète pas|kein problem|keine sorge|no se preocupe
without (?:a )?(?:doubt|fail)
""")
UNSURE = any_of(r"""
should|would|could|(?<!in )(?<!on )may(?! \d)|might|maybe|perhaps|probably|possibly|supposed|expect\w*|suppose|please
hop(?:e|es|ed|ing)|wish\w*|if|whether|when|unless|until|till|before|how|why|what|where|once|wonder\w*|ask\w*|request\w*
want\w*|need(?! to)|try\w*|tries|tried|attempt\w*|think|believe|guess|sure|said|says|told|claim\w*|problems?|issues?
trouble\w*|unable|fail\w*|refus\w*|stop(?:s|ped|ping)?|den(?:y|ies|ied)|declin\w*|complain\w*|lack\w*|difficult\w*|hard
wrong|error|instead of|rather than|si|quand|pourquoi|comment|devrait|pourrait|voudrai\w*|souhait\w*|veu[tx]|demand\w*
problème|impossible|sauf|jusqu|avant|veuillez|merci de|quiere|quiero|cuando|problema|por favor|wenn|falls|ob|wann
möchte|sollte|könnte|bis|bevor|bitte
""")
RHETORICAL = re.compile(r"\s*\w+n't (?:it|that|this|there|you|i|we|they|he|she)\b")
CORRECTS = any_of("actually|i mean|correction|i misspoke|in fact|en fait|je me suis trompée?|pardon|finalement")
YES = re.compile(
    r"(?:yes|yeah|yep|correct|right|exactly|that's (?:right|correct)|indeed|oui|exact\w*|tout à fait|ja|sí)\b", re.I
)
NO = re.compile(r"(?:no|nope|non|nein)\b(?! (?:problem|worries|idea))", re.I)

NEGATORS = frozenset(
    """not never nobody none nothing neither nor cannot without no aucun aucune sans nunca jamás nadie ningún ninguna
    ninguno sin kein keine keinen keinem keiner keines niemand nie niemals ohne dont doesnt didnt wont cant isnt wasnt
    havent hasnt""".split()
)
AFTER_NE = frozenset("pas plus jamais rien personne aucun aucune guère".split())
MAY_STAND_BEHIND = frozenset("pas nicht".split())  # what they deny: je facture pas
BEFORE_A_THING = frozenset(
    """no a an the any my your our their his her its aucun aucune ningún ninguna kein keine keinen keinem keiner keines
    without sans sin ohne de du des d le la les l un une el los las una der die das den dem ein eine einen""".split()
)
SPANISH = frozenset("el la los las mi su le les lo se me es está que nos he ha".split())  # beside a "no"
BE = frozenset("is are was were be been isn't aren't wasn't weren't isnt wasnt est sont était es ist war sera".split())
# May stand between a "not" and what it denies.
TRANSPARENT = frozenset(
    """be been being is am are was were have has had having to able going gonna longer yet really actually still even
    ever currently also allowed possible i you we they he she it me us them him will do does did just then
    à pas ne n plus jamais rien vais vas va allons allez vont avons avez ai as a ont avoir être été est sont sera serai
    serez seront suis peux peut pouvez pouvons pouvoir devez devrez doit dois encore y en vous nous lui leur se s m t
    je tu il elle on ils elles me te lo le la les se ha han he voy vamos puede puedo va tener que sera
    ich sie wir er es ihr ihnen mir mich habe hat haben werde wird werden kann können muss müssen mehr""".split()
)

FIRST = frozenset("i i'm i'll i've i'd we we'll we've we're we'd je j nous on yo nosotros ich wir".split())
SECOND = frozenset("you you'll you're you've you'd vous tu usted sie".split())
ROLES = {
    **dict.fromkeys("customer customers customer's client cliente client's caller kunde kundin".split(), Role.CUSTOMER),
    **dict.fromkeys(
        "agent agents agent's representative advisor conseiller conseillère agente asesor berater".split(), Role.AGENT
    ),
}

PASSIVE = re.compile(
    r"\b(?:be|been|being|was|were|is|are|get|got|être|été|est|sont|werden|wurde|wird)\s(?:\w+\s)?\w+(?:ed|é|ée|és|ées|nt|id)\b"
)
NEXT = any_of(
    r"""will|shall|\w+'ll|won't|going to|gonna|must|(?:has|have|needs?) to|vais|va|vas|allons|allez|vont
devr\w+|doi[st]|devez|doivent|faut|faudra|(?:ai|as|a|avons|avez|ont) (?:pas |plus )?à|wird|werde|werden|muss|müssen
\w{3,}(?:rai|ras|ra|rons|rez|ront)|\w{3,}(?:aré|ará|arás|aremos|arán)|tiene que|voy a|vamos a"""
)
PAST = any_of(
    r"""did|didn't|was|were|wasn't|weren't|has|have|had|haven't|hasn't|hadn't|\w+'ve|\w+ed|été|hat|habe|ha
(?:\w')?(?:ai|as|a|avons|avez|ont)(?: \w+)? \w+(?:é|ée|és|ées|u|ue|us|is|it|ert)"""
)

# Says nothing of this call.
LIGHT = STOP_WORDS | frozenset(
    """able longer going gonna yet really actually still even any anything anyone anybody ever currently possible must
    allowed today now again already someone somebody i'm ill wont dont much many way thing things one ones two ok okay
    yes vais va vas allons allez vont peux peut pouvez pouvons peuvent pourrez pourra dois doit devez devrez devra faut
    faudra avons avez ai as eu été sera serai serez seront suis sommes êtes fait faire encore déjà bien très donc alors
    mon ma mes notre nos votre vos c d l j n m t s qu cela ça y leurs jamais rien personne aucun aucune
    voy vamos va puedo puede tiene tengo hay muy ya mi nos ich sie wir er es ihr ihre ihnen ihren der die das den dem
    ein eine einen habe hat haben ist sind war wird werde werden kann können muss müssen noch mehr und oder mir mich
    à le me te se unser unsere zu am im""".split()
)


def tells(word: str) -> bool:
    """Says something of this call, and is no role."""
    return word not in LIGHT and word not in ROLES and word not in NEGATORS and not word.endswith(("n't", "'ll", "'m"))
