"""Who receives mail for an event: by which rule, group and preference. Pure: it reads attributes and sends nothing."""
