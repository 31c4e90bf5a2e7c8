"""The remote ``harness``: Harness NextGen, one account of it.

SMTP configuration, text secrets, user groups, and the rules inside pipelines, over Harness's published API.
It is not FirstGen, and it knows nothing of centralised notifications.
"""
