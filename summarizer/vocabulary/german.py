"""German words that say nothing of a conversation."""

FUNCTION_WORDS = """
    der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner und oder aber denn sondern
    doch wenn weil dass daß ob als wie wer wen wem wessen was welche welcher welches welchen welchem wann wo wohin
    woher warum weshalb wieso damit obwohl während bis seit nachdem bevor also auch nicht nichts nie niemals immer
    noch schon nur sehr mehr weniger viel viele vieler vielen wenig wenige etwas ganz so zu zum zur in im ins an am
    ans auf aufs aus bei beim mit nach von vom vor für durch gegen ohne um über unter zwischen neben hinter wegen trotz
    ab da dort hier her hin dann danach dabei dafür dagegen daher daran darauf daraus darin darüber davon dazu deshalb
    deswegen jetzt nun mal eben halt ja wohl eigentlich
    ich du er sie es wir ihr mich dich sich uns euch mir dir ihm ihn ihnen mein meine meinen meinem meiner meines dein
    deine deinen sein seine seinen seinem seiner seines ihre ihren ihrem ihrer ihres unser unsere unseren unserem
    unserer euer eure man jemand niemand selbst dieser diese dieses diesen diesem jener jene jenes jede jeder jedes
    jeden jedem alle alles allen aller andere anderen anderer anderes anderem einige solche solcher beide beiden
    bin bist ist sind seid war warst waren wart sei seien wäre wären gewesen sein
    habe hast hat haben habt hatte hatten hätte hätten gehabt werde wirst wird werden werdet wurde wurden würde würden
    worden geworden kann kannst können könnt konnte konnten könnte könnten will willst wollen wollt wollte wollten
    muss musst müssen müsst musste mussten müsste soll sollst sollen sollte sollten darf dürfen durfte dürfte mag
    möchte möchten mögen
    gehe geht gehen ging gegangen mache macht machen machte gemacht gebe gibt geben gab gegeben nehme nimmt nehmen
    genommen weiß weiss wissen wusste sehe sieht sehen gesehen brauche braucht brauchen helfen hilft hilfe geholfen
    bitte sache sachen
"""
REPORTING = """
    sagen sagte gesagt fragen fragte gefragt bitten bat gebeten erklären erklärt erklärte mitteilen mitgeteilt teilte
    bestätigen bestätigt bestätigte erwähnen erwähnt erwähnte antworten geantwortet anbieten bietet bot angeboten
    informieren informiert informierte berichten berichtet berichtete angeben gab angegeben äußern
"""
ROLES = """
    kunde kunden kundin kundinnen agent agenten agentin mitarbeiter mitarbeiters mitarbeiterin berater beraterin
    beraters anrufer anruferin anrufers vertreter supervisor vorgesetzter vorgesetzte sachbearbeiter person personen
    leute bot
"""
FILLERS = """
    hallo guten gute gut tag morgen abend danke dank vielen schön schönen ja nein ok okay genau klar richtig super
    prima perfekt wunderbar tschüss tschüs wiedersehen wiederhören herr frau entschuldigung entschuldigen verzeihung
    leid moment augenblick minute sekunde warten leitung äh ähm hm mhm ach oh ah naja gerne gern alles verstehe
    verstanden stimmt
"""
# A line for each word; the forms behind it have another stem.
IRREGULAR = """
    senden gesendet sendung sendet gesandt
    schicken geschickt schickt
    liefern geliefert lieferung liefert
    bestellen bestellt bestellung bestellte
    bezahlen bezahlt bezahlung zahlen gezahlt zahlung
    kündigen gekündigt kündigung kündigt
    stornieren storniert stornierung
    überweisen überwiesen überweisung überweist
    verlieren verloren verliert verlor
    erhalten erhält erhielt
    bekommen bekommt bekam
    buchen gebucht buchung bucht
    abbuchen abgebucht abbuchung
    erstatten erstattet erstattung rückerstattung rückerstattet
    umtauschen umgetauscht umtausch
    zurücksenden zurückgesendet zurückgesandt rücksendung
    zurückrufen zurückgerufen rückruf
    anrufen angerufen anruf
    funktionieren funktioniert funktionierte
    reparieren repariert reparatur
    ändern geändert änderung ändert
    ankommen angekommen ankunft
    öffnen geöffnet öffnet
    schließen geschlossen schließt
    brechen gebrochen zerbrochen
    kaufen gekauft kauf kauft
    sperren gesperrt sperrung sperrt
    verschieben verschoben verschiebung
    einrichten eingerichtet einrichtung
    aktivieren aktiviert aktivierung
    prüfen geprüft prüfung überprüfen überprüft
    finden gefunden findet fand
    vergessen vergisst vergaß
    kommen gekommen kommt kam
    fallen gefallen fällt fiel
    schreiben geschrieben schreibt schrieb
"""
# Of verbs above all; without accents, as all endings.
ENDINGS = """
    ungen ung endes ender enden ende enes ener enen ene tet test ten tes ter tem te est en er em es st et
"""
PLURALS = "s"
FINALS = "ent"
SHORTEST = 4
ELIDES = False
