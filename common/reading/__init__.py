"""Reading tables that people send: bytes → rows of cells, or a refusal with its reason.

Nothing here knows what a row means, and nothing writes to the database.
"""
