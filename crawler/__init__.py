"""One visit, from a URL to a sighting.

`records` is what travels (Round out, Sighting or Handover back, Observation in the journal); `visit` is where fetching
and reading meet; `fetch` talks to servers and never raises for what one does; `read` is pure: bytes in, values out.
This package knows nothing of when to look, of registers, of SQLite or of verdicts.
"""
