"""Portuguese words that say nothing of a conversation, as written in Brazil and in Portugal."""

FUNCTION_WORDS = """
    o a os as um uma uns umas de do da dos das em no na nos nas num numa por pelo pela pelos pelas para pra pro com sem
    sobre entre até desde contra após durante ante sob e ou mas porém nem se que quem qual quais cujo cuja quando como
    onde porque porquê pois então também tampouco além depois antes já ainda sempre nunca jamais muito muita muitos
    muitas pouco pouca poucos poucas mais menos tão tanto tanta bastante demais assim aqui ali aí lá cá só somente
    apenas mesmo mesma mesmos outro outra outros outras todo toda todos todas tudo cada algum alguma alguns algumas
    nenhum nenhuma algo nada alguém ninguém qualquer
    este esta estes estas esse essa esses essas aquele aquela aqueles aquelas isto isso aquilo neste nesta nesse nessa
    deste desta desse dessa disso disto
    eu tu ele ela você vocês nós vós eles elas me te se lhe lhes mim ti si comigo contigo meu minha meus minhas teu tua
    seu sua seus suas nosso nossa nossos nossas dele dela deles delas não ao aos à às
    sou és é somos são era eram fui foi fomos foram será serão seria seriam seja sejam sendo sido ser
    estou está estamos estão estava estavam esteve estive estar estando esteja estará tá
    tenho tem temos têm tinha tinham teve tive terá teria ter tido tenha há havia houve haver hei
    faço faz fazemos fazem fazia fez fiz feito fará fazer faça fazendo
    posso pode podemos podem podia poderá poderia poder possa quero quer queremos querem queria querer quiser
    devo deve devem deveria dever preciso precisa precisam precisava precisar
    vou vai vamos vão ia ir vá sei sabe sabem saber sabia vejo vê ver visto dou dá dar dado dê
    ajuda ajudar ajude gostaria favor coisa coisas
"""
REPORTING = """
    dizer digo diz dizem disse dito pedir peço pede pediu perguntar explicar indicar informar confirmar mencionar
    responder oferecer comentar solicitar declarar afirmar comunicar avisar falar
"""
ROLES = """
    cliente agente atendente operador operadora consultor consultora assistente representante supervisor supervisora
    utilizador utilizadora usuário usuária pessoa pessoas gente bot
"""
FILLERS = """
    olá oi alô bom boa bons boas dia tarde noite obrigado obrigada sim não ok okay tá certo claro perfeito perfeita
    exato isso tchau adeus até logo senhor senhora desculpe desculpa perdão momento momentinho instante minuto segundo
    aguarde espere linha olha né eh ah oh bem então pois ótimo excelente entendi entendo mmm mhm
"""
# A line for each word; the forms behind it have another stem.
IRREGULAR = """
    enviar envio enviou envie
    devolver devolvido devolução devolveu
    perder perde perdido perdeu perda perco
    pagar pago paga pagamento pagou
    abrir aberto aberta abre abriu
    escrever escrito escrita
    pôr posto põe
    receber recebido recebeu recibo
    entregar entregue entrega entregou
    reembolsar reembolso reembolsou
    cancelar cancelamento cancelou
    resolver resolvido resolveu resolução
    vir vem veio vindo
    cair caiu caído
    comprar compra comprou
    cobrar cobrança cobrou
    trocar troca trocou troque
    chegar chegou chegue chegada
    quebrar quebrou quebrado
    funcionar funciona funcionou
"""
# Of verbs above all; without accents, as all endings.
ENDINGS = """
    ariamos eriamos iriamos ariam eriam iriam aremos eremos iremos arao erao irao aria eria iria aras eras iras ara era
    ira arei erei irei avamos avam avas ava iamos iam aram eram iram ando endo indo adas idas ados idos ada ado ida ido
    amos emos imos aste este iste ou eu iu ar er ir am em es as os ia ei
"""
PLURALS = ""
FINALS = "aeiou"
SHORTEST = 3
ELIDES = False
