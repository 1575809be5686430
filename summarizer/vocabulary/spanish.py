"""Spanish words that say nothing of a conversation."""

FUNCTION_WORDS = """
    el la los las lo un una unos unas de del al a y e o u pero sino si que quien quienes cual cuales cuyo cuya qué
    quién cuál cuándo cuando cómo como dónde donde por porque pues para con sin sobre entre hasta desde hacia según
    contra tras durante mediante en ante bajo aunque mientras también tampoco además entonces luego después antes ya
    aún todavía siempre nunca jamás muy mucho mucha muchos muchas poco poca pocos pocas más menos tan tanto tanta
    bastante demasiado así aquí allí ahí acá allá solo sólo mismo misma mismos mismas otro otra otros otras todo toda
    todos todas cada algún alguno alguna algunos algunas ningún ninguno ninguna algo nada alguien nadie cualquier
    este esta estos estas ese esa esos esas aquel aquella aquellos aquellas esto eso aquello
    yo tú él ella usted ustedes nosotros nosotras vosotros ellos ellas me te se nos os le les mí ti sí conmigo contigo
    mi mis tu tus su sus mío mía suyo suya nuestro nuestra nuestros nuestras vuestro vuestra no ni
    soy eres es somos sois son era eras éramos eran fui fue fuimos fueron será serán sería serían sea sean siendo sido
    ser estoy estás está estamos están estaba estaban estuvo estuve estar estado estando esté estén estará
    he has ha hemos han había habían hubo haya hayan habrá habría haber habido hay
    tengo tienes tiene tenemos tienen tenía tenían tuve tuvo tendrá tener tenido
    hago haces hace hacemos hacen hacía hizo hice hecho hará hacer haga haciendo
    puedo puedes puede podemos pueden podía podrá podría podrían poder pudo pueda quiero quieres quiere queremos quieren
    quería quisiera querría querer debo debe deben debería deber necesito necesita necesitan necesitaba necesitar
    voy vas va vamos van iba ir vaya sé sabe saben saber sabía veo ve ver visto doy da dar dado dé den
    ayuda ayudar ayude gustaría favor cosa cosas
"""
REPORTING = """
    decir digo dice dicen dijo dije diga dicho preguntar pedir pide pidió pida explicar indicar informar confirmar
    mencionar responder contestar ofrecer ofrece comentar señalar solicitar declarar afirmar comunicar avisar
"""
ROLES = """
    cliente clienta agente asesor asesora operador operadora representante ejecutivo ejecutiva supervisor supervisora
    llamante usuario usuaria persona personas gente bot
"""
FILLERS = """
    hola buenos buenas buen día días tarde tardes noche noches gracias sí no ok okay vale bueno bien claro perfecto
    perfecta exacto adiós hasta luego chao señor señora señorita disculpe disculpa perdón perdone permítame momento
    momentito minuto segundo espere línea oiga mire eh ah oh este pues ajá mmm mhm listo entiendo genial excelente
"""
# A line for each word; the forms behind it have another stem.
IRREGULAR = """
    enviar envío envía envíe
    devolver devuelto devuelta devuelve devolución devolvió
    volver vuelto vuelve vuelta
    perder pierde perdido pérdida perdió
    cerrar cierra cerrado
    encontrar encuentra encontró
    resolver resuelto resuelta resuelve resolución resolvió
    romper roto rota
    abrir abierto abierta abre abrió
    escribir escrito escrita
    poner puesto puesta pone puso
    pagar pago pagos pagó pague
    cobrar cobro cobros cobró
    recibir recibo recibió recibido
    funcionar funciona funcionó
    mover mueve movió
    llegar llegue llegó llegada
    entregar entrega entregue entregó
    cambiar cambio cambió
    reembolsar reembolso reembolsó
    cancelar cancelación canceló
    venir viene vino venido
    salir sale salió salida
    caer cayó caído
    comprar compra compró
"""
# Of verbs above all; without accents, as all endings.
ENDINGS = """
    ariamos eriamos iriamos arian erian irian aremos eremos iremos aria eria iria aran eran iran aras eras iras are ere
    ire ara era ira abamos aban abas aba iamos ieron aron ando iendo yendo adas idas ados idos ada ado ida ido amos emos
    imos aste iste ar er ir an en es as io ia ian
"""
PLURALS = ""
FINALS = "aeiou"
SHORTEST = 3
ELIDES = False
