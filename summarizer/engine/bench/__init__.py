"""How fast the engine is, beside what a user would pick instead, in one run on one machine.

workload   the requests, the same for everybody
models     random BLOOMs in the published layout, by a seed
rivals     transformers, CTranslate2, llama.cpp and ourselves behind one function
run        one rival in a process of its own
floor      the least time this machine could need
arrivals   requests that come over time
report     medians, ratios, the table
__main__   rounds in which everybody has a turn

Weights are random, so that speed and agreement are real and quality is not judged here. Nothing of this is imported
when serving.
"""
