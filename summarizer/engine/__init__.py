"""Token ids in, token ids out: continuous batching over a BLOOM checkpoint, and the text around it.

engine      submit() gives a Future; one thread; step(); close()
scheduler   waiting, running, admission
sequence    the state of one request
cache       key-value memory, bounded in tokens
bloom       the model: prefill and decode in one function
sampling    the next token from its scores
checkpoint  the files of a model, read and checked
generator   text to text; the tokenizer lives here
__main__    check: batched equals one by one

The rest of the service needs one name of all this: `generator.load_generator`.
"""
