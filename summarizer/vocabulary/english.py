"""English words that say nothing of a conversation."""

FUNCTION_WORDS = """
    a an the this that these those it its they them their theirs he she him her his hers we us our ours you your yours
    i me my mine myself yourself himself herself itself ourselves themselves and or but if so because as of at by for
    with about into to from in on off out up down over again then than too very just also only own same such no nor
    not both each few more most other some any all once here there when where why how what which who whom whose while
    though although until since am is are was were be been being have has had having do does did doing done would
    should could can will shall may might must cannot ain t s d ll m re ve don doesn didn isn aren wasn weren won hasn
    haven hadn wouldn couldn shouldn don't doesn't didn't isn't aren't wasn't weren't won't hasn't haven't hadn't can't
    wouldn't couldn't shouldn't let lets let's i'm it's that's there's you're we're they're he's she's i'll i've i'd
    you'll you've you'd we'll we've we'd they'll they've they'd
    want wants wanted need needs needed know knows knew known get gets got getting like going go goes went make makes
    made give gives gave given take takes took taken see help helps helped please
"""
REPORTING = """
    ask asks asked asking say says said saying tell tells told telling inform informs informed explain explains
    explained explaining state states stated mention mentions mentioned offer offers offered confirm confirms confirmed
    request requests requested reply replies replied report reports reported
"""
ROLES = "customer agent client caller bot supervisor representative person people someone"
FILLERS = """
    hello hi hey bye goodbye good morning afternoon evening thanks thank thankyou welcome ok okay yes yeah yep yup no
    nope sure right alright well oh ah uh um hm hmm mm mhm mmhm huh er eh great nice fine sorry pardon excuse hear sir
    madam ma'am maam day moment minute second hold wait line later try again
"""
IRREGULAR = ""
ENDINGS = ""  # a few of our own in `summarizer.stems`
PLURALS = ""
FINALS = ""
SHORTEST = 3
ELIDES = False
