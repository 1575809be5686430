"""Faults, caused on purpose in the real service, and what they left behind: `make faults`, `wrapup faults run`.

    servers, behind proxies     real Postgres and Valkey
    serve, worker, courier, beat  real processes, with a model that writes at once and dies when told
    load ─▶ cause ─▶ heal ─▶ wait until nothing waits ─▶ invariants ─▶ one JSON line

The clients' own record of 2xx answers is what must be found again; all else is asked of the database.
"""
