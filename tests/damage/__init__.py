"""Random reports, the ways their tables are flattened, and the ways they are damaged.

Truth is generated here, so that a decoded number can be called right or silently wrong. Used by the
tests of the decoder and by the benchmark; `python -m tests.damage` runs a larger corpus.
"""
