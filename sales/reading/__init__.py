"""Reading files of orders: bytes → rows of cells → lines of sales, or a refusal with its reason.

Nothing here writes to the database.
"""
