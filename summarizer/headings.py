"""All words of ours that a reader sees, in the reader's language; what was said stays as it was said."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from babel import Locale
from babel.dates import format_date

from summarizer.conversation import Role
from summarizer.summary import Outcome, SectionName
from summarizer.tags import primary

FALLBACK = "en"


@dataclass(frozen=True, slots=True)
class Headings:
    """The words of one language; `is_fallback` when it is not the one that was asked for."""

    language: str
    sections: Mapping[SectionName, str]
    not_stated: str
    speakers: Mapping[Role, str]
    outcomes: Mapping[Outcome, str]
    moods: Mapping[str, str]  #: satisfied, neutral, dissatisfied
    third_party: str
    by: str  #: with `{day}`
    quotations: str  #: what stands for opening and closing a quotation
    notice: str  #: under a summary of nothing but quotations
    is_fallback: bool = False

    def owner(self, owner: str) -> str:
        """Whose it is to do: a role, or `third_party`."""
        return self.third_party if owner == "third_party" else self.speakers[Role(owner)]

    def due(self, day: date) -> str:
        """By when, as it is written there."""
        return self.by.format(day=format_date(day, format="medium", locale=Locale.parse(self.language)))

    def quote(self, text: str) -> str:
        """A quotation as it is marked there."""
        opening, closing = self.quotations.split("|")
        return f"{opening}{text}{closing}"


# Cells in the order of the enums: sections; roles agent, customer, bot, supervisor, unknown; outcomes; moods;
# not stated, third party, by when, quotation marks; the notice.
_TABLE = {
    "en": (
        "Headline|Reason|Actions|Resolution|Follow-ups|Summary|Summary in detail|Satisfaction|Wrap-up code|Details",
        "Agent|Customer|Bot|Supervisor|Speaker",
        "Resolved|Partly resolved|Not resolved|Not applicable",
        "Satisfied|Neutral|Dissatisfied",
        "Not stated|Third party|due {day}|“|”",
        "Quotations from the conversation; no sentence was generated.",
    ),
    "fr": (
        "Titre|Motif|Actions|Issue|Suites à donner|Résumé|Résumé détaillé|Satisfaction|Code de clôture|Détails",
        "Conseiller|Client|Robot|Superviseur|Interlocuteur",
        "Résolu|Partiellement résolu|Non résolu|Sans objet",
        "Satisfait|Neutre|Insatisfait",
        "Non précisé|Tiers|échéance {day}|« | »",
        "Citations de la conversation ; aucune phrase n'a été générée.",
    ),
    "es": (
        "Titular|Motivo|Acciones|Resolución|Seguimiento|Resumen|Resumen detallado|Satisfacción|Código de cierre|Datos",
        "Agente|Cliente|Bot|Supervisor|Interlocutor",
        "Resuelto|Parcialmente resuelto|No resuelto|No aplicable",
        "Satisfecho|Neutral|Insatisfecho",
        "No indicado|Tercero|plazo {day}|«|»",
        "Citas de la conversación; ninguna frase fue generada.",
    ),
    "pt": (
        "Título|Motivo|Ações|Resolução|Seguimento|Resumo|Resumo detalhado|Satisfação|Código de encerramento|Detalhes",
        "Agente|Cliente|Bot|Supervisor|Interlocutor",
        "Resolvido|Parcialmente resolvido|Não resolvido|Não aplicável",
        "Satisfeito|Neutro|Insatisfeito",
        "Não indicado|Terceiro|prazo {day}|“|”",
        "Citações da conversa; nenhuma frase foi gerada.",
    ),
    "de": (
        "Titel|Anliegen|Maßnahmen|Ergebnis|Nächste Schritte|Zusammenfassung|Ausführliche Zusammenfassung|Zufriedenheit"
        "|Abschlusscode|Einzelheiten",
        "Mitarbeiter|Kunde|Bot|Vorgesetzter|Sprecher",
        "Gelöst|Teilweise gelöst|Nicht gelöst|Nicht zutreffend",
        "Zufrieden|Neutral|Unzufrieden",
        "Nicht angegeben|Dritte|bis {day}|„|“",
        "Zitate aus dem Gespräch; kein Satz wurde erzeugt.",
    ),
    "it": (
        "Titolo|Motivo|Azioni|Esito|Seguiti|Riepilogo|Riepilogo dettagliato|Soddisfazione|Codice di chiusura|Dettagli",
        "Operatore|Cliente|Bot|Supervisore|Interlocutore",
        "Risolto|Parzialmente risolto|Non risolto|Non applicabile",
        "Soddisfatto|Neutro|Insoddisfatto",
        "Non indicato|Terzo|entro {day}|«|»",
        "Citazioni dalla conversazione; nessuna frase è stata generata.",
    ),
    "nl": (
        "Titel|Reden|Acties|Uitkomst|Vervolgacties|Samenvatting|Lange samenvatting|Tevredenheid|Afsluitcode|Details",
        "Medewerker|Klant|Bot|Leidinggevende|Spreker",
        "Opgelost|Deels opgelost|Niet opgelost|Niet van toepassing",
        "Tevreden|Neutraal|Ontevreden",
        "Niet vermeld|Derde|uiterlijk {day}|“|”",
        "Citaten uit het gesprek; geen zin is gegenereerd.",
    ),
    "ar": (
        "العنوان|السبب|الإجراءات|النتيجة|المتابعات|الملخص|الملخص المفصل|الرضا|رمز الإغلاق|التفاصيل",
        "الموظف|العميل|الروبوت|المشرف|المتحدث",
        "تم الحل|تم الحل جزئيا|لم يتم الحل|لا ينطبق",
        "راض|محايد|غير راض",
        "غير مذكور|طرف ثالث|الموعد {day}|«|»",
        "اقتباسات من المحادثة؛ لم يتم توليد أي جملة.",
    ),
    "zh": (
        "标题|来电原因|处理措施|处理结果|后续事项|摘要|详细摘要|满意度|结案代码|详情",
        "客服|客户|机器人|主管|说话人",
        "已解决|部分解决|未解决|不适用",
        "满意|一般|不满意",
        "未提及|第三方|截止 {day}|“|”",
        "以下为对话原文引用，没有生成的句子。",
    ),
    "hi": (
        "शीर्षक|कारण|कार्रवाई|परिणाम|आगे के कार्य|सारांश|विस्तृत सारांश|संतुष्टि|समापन कोड|विवरण",
        "एजेंट|ग्राहक|बॉट|पर्यवेक्षक|वक्ता",
        "हल हुआ|आंशिक रूप से हल|हल नहीं हुआ|लागू नहीं",
        "संतुष्ट|तटस्थ|असंतुष्ट",
        "उल्लेख नहीं|तीसरा पक्ष|{day} तक|“|”",
        "बातचीत से उद्धरण; कोई वाक्य रचा नहीं गया।",
    ),
    "ja": (
        "見出し|用件|対応内容|結果|今後の対応|要約|詳細な要約|満足度|終了コード|項目",
        "担当者|お客様|ボット|責任者|話者",
        "解決|一部解決|未解決|該当なし",
        "満足|普通|不満",
        "記載なし|第三者|期限 {day}|「|」",
        "会話からの引用です。生成された文はありません。",
    ),
}

LANGUAGES = tuple(_TABLE)
MOODS = ("satisfied", "neutral", "dissatisfied")


def headings(language: str | None) -> Headings:
    """The words of a language, BCP 47; English ones, which say so, when we have none of it."""
    known = primary(language or FALLBACK)
    return _WORDS[known] if known in _WORDS else replace(_WORDS[FALLBACK], is_fallback=True)


def _words(language: str) -> Headings:
    sections, speakers, outcomes, moods, rest, (notice,) = (cells.split("|") for cells in _TABLE[language])
    not_stated, third_party, by, opening, closing = rest
    return Headings(
        language=language,
        sections=dict(zip(SectionName, sections, strict=True)),
        not_stated=not_stated,
        speakers=dict(zip(Role, speakers, strict=True)),
        outcomes=dict(zip(Outcome, outcomes, strict=True)),
        moods=dict(zip(MOODS, moods, strict=True)),
        third_party=third_party,
        by=by,
        quotations=f"{opening}|{closing}",
        notice=notice,
    )


_WORDS = {language: _words(language) for language in LANGUAGES}
