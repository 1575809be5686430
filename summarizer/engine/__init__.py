"""Token ids in, token ids out: continuous batching over a BLOOM checkpoint, and the text around it.

engine       submit() gives a Future; one thread; step(); close()
scheduler    waiting, running, admission, giving way
sequence     the state of one request
speculation  guesses from what the text already holds
vitals       how it does, for whoever watches
cache        which blocks of memory belong to whom
capacity     how much at once, by the memory there is
bloom        the model: prefill and decode in one function
attention    over paged memory, by native.cpp or torch
linear       weights prepared for fp32, bf16 or int8
native       the kernels of native.cpp, where they were built
trouble      what a device's errors mean
sampling     the next token from its scores
files        the files of a model, found and named
tokenizer    read so that a transcript is nothing but text
checkpoint   configuration and weights, read and checked
gate         may int8 stand in for fp32?
generator    text to text; the tokenizer lives here
bench/       how fast, beside what a user would pick instead
__main__     check: batched equals one by one

The rest of the service needs one name of all this: `generator.load_generator`.
"""
