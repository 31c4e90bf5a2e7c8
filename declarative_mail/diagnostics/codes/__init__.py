"""Every kind of fault, one module a layer: the first two digits of the number say which.

DM1xxx syntax, DM20xx and DM21xx evaluation, DM22xx functions, DM23xx configuration, DM3xxx resources, DM4xxx planning,
DM5xxx connection test, DM6xxx remotes, DM7xxx state, DM9xxx the tool itself.
"""
