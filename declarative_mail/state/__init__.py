"""What exists, remembered: the records of a state, their bytes, and the stores that keep them.

`snapshot` holds the records, `codec` turns them into bytes and back, `digest` and `fingerprint` compare values without
keeping them, `edit` changes a snapshot by hand (``state mv``), `lock` says who works on a state, `stores` keep it.
Nothing here plans, calls a remote, or knows what a resource type means.
"""
