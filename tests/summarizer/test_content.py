import pytest

from summarizer.content import says_something, why_none
from summarizer.conversation import Channel, Conversation, Participant, Role, Turn
from summarizer.summary import NoSummary
from tests.builders import a_conversation

Lines = tuple[tuple[str, str], ...]

NOISE = (
    ("agent", "Mm-hm."),
    ("customer", "Mm."),
    ("agent", "Right, so"),
    ("customer", "I was, uh"),
    ("customer", "can you hear this"),
    ("agent", "Hello?"),
    ("agent", "Yes, ah"),
    ("agent", "I'll try again later. Bye."),
)
NONE: list[tuple[NoSummary, Lines]] = [
    (NoSummary.NOTHING_SAID, (("agent", "Hello?"), ("customer", "Mm-hm."))),
    (NoSummary.NOTHING_SAID, (("agent", "Bonjour?"), ("customer", "Oui, bonjour."), ("agent", "Au revoir."))),
    (NoSummary.NOISE_ONLY, NOISE),
    (NoSummary.NOISE_ONLY, (("customer", "[background noise]"), ("agent", "[inaudible] (coughing)"))),
    (NoSummary.NOISE_ONLY, (("customer", "♪♪ [hold music playing loudly for minutes] ♪♪"),)),
    (NoSummary.NOISE_ONLY, (("customer", "[bruit de fond]"), ("agent", "Euh"), ("customer", "(musique d'attente)"))),
    (
        NoSummary.IVR_ONLY,
        (
            ("bot", "Thank you for calling Anchor Credit Union. For cards, press 1. For loans, press 2."),
            ("customer", "One."),
            ("bot", "All our agents are busy. Please stay on the line, your call is important to us."),
        ),
    ),
    (
        NoSummary.IVR_ONLY,
        (
            ("agent", "Welcome to Contoso. To pay a bill say or press two. To hear this again press star."),
            ("customer", "Representative."),
            ("agent", "All of our representatives are busy, please hold."),
        ),
    ),
    (
        NoSummary.IVR_ONLY,
        (
            ("unknown", "Bienvenue chez Contoso. Pour une facture, tapez 1. Pour le service technique, tapez 2."),
            ("customer", "Deux."),
            ("unknown", "Tous nos conseillers sont en ligne, ne quittez pas."),
        ),
    ),
    (
        NoSummary.VOICEMAIL,
        (
            ("customer", "Hi, you've reached the voicemail of Dana Smith. Please leave a message after the tone."),
            ("agent", "Hello, this is Contoso about your router, please call us back at 555 0100."),
        ),
    ),
    (
        NoSummary.VOICEMAIL,
        (("unknown", "Your call has been forwarded to voicemail. At the tone, record your message."),),
    ),
    (
        NoSummary.VOICEMAIL,
        (
            ("customer", "Vous êtes bien sur la messagerie de Paul. Laissez-moi un message après le bip."),
            ("agent", "Bonjour, Contoso, au sujet de votre commande, merci de nous rappeler demain matin."),
        ),
    ),
    (
        NoSummary.ONE_PARTY,
        (("agent", "Thank you for calling Anchor Credit Union, the number one choice for captains worldwide."),),
    ),
    (
        NoSummary.ONE_PARTY,
        (("customer", "Ma carte est tombée dans l'eau au terminal et il me faut une carte de remplacement."),),
    ),
]


@pytest.mark.parametrize(("reason", "lines"), NONE)
def test_a_call_without_a_dialogue_says_why_it_has_no_summary(reason: NoSummary, lines: Lines) -> None:
    assert why_none(a_conversation(lines)) is reason


def test_a_customer_of_whom_nothing_was_transcribed_makes_a_call_of_one_party() -> None:
    conversation = a_conversation(
        turns=(Turn("a", "Thank you for calling Anchor Credit Union, the number one choice for captains worldwide."),),
        participants=(Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER)),
    )
    assert why_none(conversation) is NoSummary.ONE_PARTY


@pytest.mark.parametrize(
    "conversation",
    [
        a_conversation(),
        a_conversation((("unknown", "My card fell into the water at the terminal; a new card within five days."),)),
        a_conversation(
            (("customer", "My card fell into the water at the pier terminal, a new one please by Monday."),),
            channel=Channel.EMAIL,
        ),
        a_conversation(
            (
                ("bot", "For cards, press 1."),
                ("customer", "One."),
                ("agent", "Contoso cards, how can I help you?"),
                ("customer", "My card fell into the water at the terminal on Monday, a new one please."),
            )
        ),
        a_conversation(
            (
                ("agent", "How can I help?"),
                ("customer", "I was told to leave a message after the tone and nobody called me back about my loan."),
                ("agent", "I see the message, the loan officer Maria calls today."),
                ("customer", "Today before five?"),
                ("agent", "Yes, before five."),
            )
        ),
        a_conversation(
            (
                ("agent", "Contoso assistance, bonjour. Ne quittez pas, je consulte votre dossier de facture."),
                ("customer", "Ma facture de mars compte deux fois la même réparation."),
                ("agent", "Je rembourse la deuxième réparation aujourd'hui."),
            )
        ),
    ],
)
def test_a_call_that_says_something_is_summarized(conversation: Conversation) -> None:
    assert why_none(conversation) is None


def test_a_call_of_noise_says_nothing() -> None:
    assert not says_something(a_conversation(NOISE))
    assert says_something(a_conversation())
