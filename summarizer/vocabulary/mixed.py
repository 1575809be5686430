"""A text whose language nobody knows: English and French function words and the commonest Spanish and Portuguese."""

# Function words and the verbs with which one reports speech; they say nothing of this conversation.
FUNCTION_WORDS = """
    a an the this that these those it its they them their theirs he she him her his hers we us our you your i me my
    mine and or but if so because as of at by for with about into to from in on off out up down over again then than
    too very just also only own same such no nor not both each few more most other some any all once here there when
    where why how what which who whom whose am is are was were be been being have has had having do does did doing
    done would should could can will shall may might must cannot ain t s d ll m re ve don doesn didn isn aren wasn
    won wouldn couldn shouldn let lets let's i'm it's that's there's you're we're they're i'll i've i'd you'll we'll
    want wants wanted need needs needed ask asks asked asking say says said tell tells told inform informs informed
    explain explains explained state states stated mention mentions mentioned offer offers offered confirm confirms
    confirmed request requests requested reply replies replied report reports reported know knows knew get gets got
    getting like would going go make made give gave given take took see help helped please le la les un une des du
    de et ou mais si que qui dans en au aux ce cette ces il elle ils elles je tu nous vous pas ne est sont était
    être a ont avoir pour par sur avec son sa ses leur se plus client cliente el los las una unos y o pero por para
    con su sus es son está que no se lo al del um uma os as e do da dos das no na em com seu sua
"""
REPORTING = ""
ROLES = "customer agent client caller bot supervisor representative person people someone"
# What people say to keep a conversation going; a call of nothing else has nothing to summarize.
FILLERS = """
    hello hi hey hey bye goodbye good morning afternoon evening thanks thank thankyou welcome ok okay yes yeah yep
    yup no nope sure right alright well oh ah uh um hm hmm mm mhm mmhm huh er eh great nice fine sorry pardon excuse
    hear sir madam ma'am maam day moment minute second hold wait line later try again bonjour merci oui non au
    revoir hola gracias sí si adiós
"""
IRREGULAR = ""
ENDINGS = ""  # a few of our own in `summarizer.stems`
PLURALS = ""
FINALS = ""
SHORTEST = 3
ELIDES = False
