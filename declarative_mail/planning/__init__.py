"""Plans: what would have to change so that what exists becomes what the configuration says, and why.

Pure: it compares records that others read. It evaluates no configuration (that is `language`), asks no remote
(`operations`) and
changes nothing (`applying`).
"""
