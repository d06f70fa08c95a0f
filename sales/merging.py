"""What a merge of two clients means to sales: their days are summed again at once."""

from clients.merging.followers import Follower, Merged
from common.locks import lock_until_commit
from sales.rollup import rebuild_dirty
from sales.services import mark_clients_dirty


def _wait_for_imports() -> None:
    """An import that has found the loser's number must not write to it afterwards."""
    lock_until_commit("sales import")


def _sum_again(merged: Merged) -> None:
    mark_clients_dirty([merged.survivor_id, merged.loser_id])
    rebuild_dirty()


follower = Follower(before=_wait_for_imports, after=_sum_again)
