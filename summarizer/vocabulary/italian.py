"""Italian words that say nothing of a conversation; elided words stand without their apostrophe."""

FUNCTION_WORDS = """
    il lo la i gli le l un uno una di d del dello della dei degli delle dell a al allo alla ai agli alle all ad da dal
    dallo dalla dai dagli dalle dall in nel nello nella nei negli nelle nell con col su sul sullo sulla sui sugli sulle
    sull per tra fra senza verso contro sopra sotto dopo prima durante entro fino presso e ed o oppure ma però se che
    chi cui quale quali quando come dove perché poiché mentre quindi allora poi anche neanche nemmeno ancora già sempre
    mai molto molta molti molte poco poca pochi poche più meno tanto tanta così troppo abbastanza qui qua lì là solo
    soltanto stesso stessa stessi altro altra altri altre tutto tutta tutti tutte ogni alcun alcuno alcuna alcuni
    alcune nessun nessuno nessuna qualche qualcosa qualcuno niente nulla
    questo questa questi queste quest quello quella quelli quelle quel quei quell ciò
    io tu lui lei noi voi loro mi ti si ci c vi ne m t s v mio mia miei mie tuo tua suo sua suoi sue nostro nostra
    nostri nostre vostro vostra vostri vostre non né
    sono sei è siamo siete era eri erano ero fui fu furono sarò sarà saranno sarebbe sia siano essendo stato stata
    stati state essere
    ho hai ha abbiamo avete hanno avevo aveva avevano ebbe avrà avranno avrebbe abbia abbiano avendo avuto avere
    faccio fai fa facciamo fate fanno faceva fece fatto farà fare faccia facendo
    posso puoi può possiamo potete possono poteva potrà potrebbe potrei potere potuto voglio vuoi vuole vogliamo
    vogliono voleva vorrei vorrebbe volere voluto devo deve devono doveva dovrà dovrebbe dovere dovuto
    vado vai va andiamo vanno andare so sa sanno sapere sapeva vedo vede vedere visto do dà dare dato dia
    aiuto aiutare bisogno piacere cosa cose
"""
REPORTING = """
    dire dico dice dicono disse detto chiedere chiede chiesto chiese spiegare indicare informare confermare menzionare
    rispondere risposto offrire comunicare segnalare richiedere richiesto dichiarare affermare domandare
"""
ROLES = """
    cliente clienti agente agenti operatore operatrice operatori consulente consulenti rappresentante supervisore
    chiamante utente utenti persona persone gente bot
"""
FILLERS = """
    ciao salve buongiorno buonasera buon buona giorno giornata serata grazie sì no ok okay va bene certo certamente
    perfetto esatto arrivederci arrivederla signore signora signorina scusi scusa mi dispiace prego pronto momento
    attimo minuto secondo attenda aspetti linea senta guardi allora ecco eh ah oh beh ottimo capisco capito mmm mhm
"""
# A line for each word; the forms behind it have another stem.
IRREGULAR = """
    inviare invio inviato invia invii
    spedire spedito spedizione spedisce
    ricevere ricevuto ricevuta ricevute
    perdere perso persa perduto perdita
    rompere rotto rotta
    aprire aperto aperta apre
    chiudere chiuso chiusa chiude
    rimborsare rimborso rimborsato
    pagare pagamento pagato paga
    consegnare consegna consegnato
    restituire restituito restituzione
    risolvere risolto risolta risoluzione
    prenotare prenotazione prenotato
    mettere messo messa mette
    scrivere scritto scritta
    venire viene venuto
    rendere reso resa
    spendere speso spesa
    leggere letto letta
    acquistare acquisto acquistato
    annullare annullamento annullato
    cambiare cambio cambiato
    addebitare addebito addebitato
"""
# Of verbs above all; without accents, as all endings.
ENDINGS = """
    eremmo iremmo erebbero irebbero erebbe irebbe ereste ireste eranno iranno eremo iremo erete irete erai irai era ira
    ero iro avamo evamo ivamo avano evano ivano avate evate ivate avo evo ivo ava eva iva ando endo arono erono irono
    ate ete ite iamo ata ato ati uta uto uti ute ita ito iti are ere ire ano ono isce isco iscono
"""
PLURALS = ""
FINALS = "aeiou"
SHORTEST = 3
ELIDES = True
