"""The reference server of our own API: what ``dmail serve`` runs. Starlette and uvicorn on one SQLite file.

It keeps objects and hands them out; it sends no mail and knows no plan and no state.
"""
