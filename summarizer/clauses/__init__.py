"""What a text affirms and what it denies, clause by clause. English and French, roughly Spanish and German.

clause     one clause as a value; those of a text
denial     what stands after a "not"
call       the clauses of a call, in which a yes or a no answers a question
lexicon    the words by which all this is seen
"""
