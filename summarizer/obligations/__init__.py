"""Who owes whom what: as it is said in a call and as a summary tells it. English and French, by rules.

deeds        the deeds people promise each other, and the many words for each
obligation   one of them as a value: owner, mood, deeds, matter, evidence
said         those of a call: promises, offers, requests, what is done
told         those that a summary states
french       the French forms of both
agreement    what a summary tells, invents or turns round
"""
