"""French words that say nothing of a conversation; elided words stand without their apostrophe."""

FUNCTION_WORDS = """
    le la les l un une des du de d et ou où mais donc or ni car si que qu qui quoi dont quel quelle quels quelles
    lequel laquelle lesquels lesquelles quand comme comment pourquoi combien puisque lorsque quoique jusque jusqu
    lorsqu puisqu quoiqu quelqu
    dans en à au aux par pour sur sous avec sans chez vers entre contre depuis pendant durant avant après dès devant
    derrière selon malgré parmi hors outre envers afin lors ainsi alors aussi autant cependant toutefois néanmoins
    pourtant puis ensuite enfin encore déjà jamais toujours souvent parfois très trop peu beaucoup assez plus moins
    tant tellement bien mal mieux ici là ci ça cela ceci celui celle ceux celles ce c cet cette ces voici voilà
    je j me m moi tu te t toi il elle on se s soi lui nous vous ils elles eux leur leurs y mon ma mes ton ta tes son
    sa ses notre nos votre vos même mêmes tout toute tous toutes autre autres aucun aucune chaque certain certaine
    certains certaines plusieurs quelque quelques tel telle tels telles rien personne quelque-chose chose choses
    ne n pas non point seulement juste notamment également surtout vraiment simplement
    suis es est sommes êtes sont étais était étions étiez étaient serai seras sera serons serez seront serais serait
    serions seriez seraient sois soit soyons soyez soient été étant être fut furent
    ai as a avons avez ont avais avait avions aviez avaient aurai auras aura aurons aurez auront aurais aurait aurions
    auriez auraient aie aies ait ayons ayez aient eu eue eus eues ayant avoir eut
    vais vas va allons allez vont aller allait allaient ira irez iront irait
    fais fait faites faisons font faire faisait fera ferai ferez feront ferait faite faits
    peux peut pouvons pouvez peuvent pouvait pouvais pourra pourrai pourrez pourrait pourrais pourriez pourraient
    pouvoir pu puis puisse puissiez veux veut voulons voulez veulent voulait voulais voudrait voudrais voudriez
    vouloir voulu veuillez dois doit devons devez doivent devait devais devra devrez devrait devrais devraient devoir
    faut fallait faudra faudrait sais sait savez savent savoir savait vois voit voyez voir vu
    part place lieu effet cas fois ailleurs côté manière façon sorte suite sujet point exemple terme mettre met mis mise
    mettent mettra laisse laisser
    besoin envie prend prends prenez prendre pris donne donnez donner donné aide aider aidé
"""
# By their stems, so that one form stands for all.
REPORTING = """
    demander dire disent disait dites dit expliquer explication indiquer préciser signaler informer proposer confirmer
    répondre répond répondu déclarer affirmer souhaiter mentionner ajouter souligner évoquer estimer penser considérer
    exprimer interroger insister parler discuter juger prétendre
"""
ROLES = """
    client cliente agent agente conseiller conseillère opérateur opératrice interlocuteur interlocutrice appelant
    appelante correspondant superviseur superviseure gens robot bot intervenant locuteur
"""
FILLERS = """
    bonjour bonsoir salut allô allo merci oui ouais non ok okay accord d'accord revoir bientôt hein euh ben bah bon
    bonne bonnes journée soirée matin après-midi voilà alors donc très parfait super génial excellent madame monsieur
    mademoiselle plaît plait svp stp prie désolé désolée pardon excusez excuse instant moment minute seconde patientez
    patienter attendez quittez ligne écoute entendez entends hmm mmm mhm ah oh eh tiens enfin bref volontiers
"""
# A line for each word; the forms behind it have another stem.
IRREGULAR = """
    envoyer enverra enverrai enverrez enverrons enverront enverrait
    renvoyer renverra renverrai renverrez renverrons renverront
    recevoir reçoit reçois reçoivent reçu reçue reçus reçues recevra recevrez réception
    perdre perdu perdue perdra perte
    rendre rendu rendue rendra
    vendre vendu vendue vendra vente
    attendre attendu attend attente
    transmettre transmis transmise transmet transmettra
    mettre mis mise met mettra
    promettre promis promise promet
    remettre remis remise remet
    ouvrir ouvert ouverte ouvre ouvrira
    offrir offert offerte offre
    livrer livraison livreur
    payer paie paye paiement
    souscrire souscrit souscrite souscription
    écrire écrit écrite écrivent
    casser cassé cassée
    rompre rompu
    essayer essaie essai
    joindre joint jointe
    résoudre résolu résolue résoudra résolution
    connecter connexion
    suspendre suspendu suspendue suspension
    appeler appelle appel appellera
    rappeler rappelle rappel rappellera
    acheter achète achat achètera
    prélever prélève prélèvement
    déménager déménagement
    rembourser remboursement remboursé
    annuler annulation annulé
    résilier résiliation résilié
    facture facturation facturer
    réserver réservation réservé
    changer changement
    activer activation activé
    désactiver désactivation
    expédier expédition expédié
    modifier modification modifié
    vérifier vérification vérifié
    installer installation
    réparer réparation
    bloquer blocage bloqué débloquer
    remplacer remplacement
    abonner abonnement abonné
    verser versement
    virer virement
    retourner retour
    nouveau nouvel nouvelle nouvelles
    créer créé créée création
    ajouter ajout
    supprimer suppression
    augmenter augmentation
    dépanner dépannage
    recharger recharge rechargement
    transférer transfert transfère
"""
# Of verbs above all; without accents, as all endings.
ENDINGS = """
    eraient erions eriez erons eront erez erai eras era erais erait aient assent issent issait issaient issons
    ants antes ante ant ais ait ions iez ons ent ees ee er ez ir it
"""
PLURALS = "sx"
FINALS = "e"
SHORTEST = 4
ELIDES = True
