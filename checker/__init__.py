"""Turns observations into verdicts and circulars. Empty so far: the journal it will read is there, the rules are not.

It imports `register` and `crawler.records` only.
"""
