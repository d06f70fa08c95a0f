"""An invented portfolio to look at: a wholesaler of coffee, tea and tableware in the north and east of France.

Every firm and person is made up; mail addresses end in ``.example`` and telephone numbers come
from the ranges the French regulator keeps for fiction.
"""
