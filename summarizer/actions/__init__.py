"""Clauses of a call that say what somebody will or must do after it, as actions a reader understands.

action     one of them as a value, and where such a clause ends
english    the English forms
french     the French forms, and the infinitives they begin with
wording    I, you and my turned towards a reader
"""
