"""The remote ``rest``: our own documented API (``schemas/remote-api.openapi.yaml``), its client and its server.

Client and server share the wire form and nothing else. There is no other client and no other server in here.
"""
