"""Decides when, where and in what order to look; it alone writes.

Pure decisions: `agenda`, `pace`, `plan`, `conclude`, `state`. Durable: `journal` + `ledger` under one `writer`, whose
docstring is the protocol. `patrol` is the loop between them and `dispatch`, which carries rounds to crawlers and brings
sightings back.
"""
