"""Makes a plan so: walks its changes in an order that no reference breaks, writes them, and keeps what became of each.

It decides nothing (that was `planning`) and knows no system (it speaks the protocol of `remotes.base`).
"""
