from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from clients.models import Client, QuestionnaireRound, SavedView
from clients.rules import ClientState
from clients.selectors import audience
from clients.sociotypes.files import AnswersRefused, read_refs
from clients.sociotypes.selectors.asking import clients_by_refs, ids_of
from clients.sociotypes.services.rounds import JOB_KIND, NobodyChosen, audience_key, job_key, start_round
from common.commands import JsonCommand
from jobs.rules import JobState
from jobs.services import run_here


class Command(JsonCommand):
    help = (
        "Invite the people of clients to the questionnaire sociotype-12; the same again invites nobody twice."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        chosen = parser.add_mutually_exclusive_group(required=True)
        chosen.add_argument("--view", help="name of a saved view of the client list, as its owner sees it")
        chosen.add_argument(
            "--clients", type=Path, help="file with one client reference a line, or a CSV with ref"
        )
        parser.add_argument("--owner", help="e-mail of the view's owner, when several views have that name")

    def run(self, **options: Any) -> dict[str, Any]:
        if options["view"]:
            name, ids, unknown, by = self._of_view(options["view"], options["owner"])
        else:
            name, ids, unknown, by = self._of_file(options["clients"])
        now = timezone.now()
        day = f"{timezone.localdate(now):%Y-%m-%d}"
        try:
            round_ = start_round(
                name=name, client_ids=ids, key=audience_key(ids, day), by=by, now=now, enqueue_job=False
            )
        except NobodyChosen as error:
            raise CommandError("no client was chosen; nothing was done") from error
        return self._written(round_) | {"clients": len(ids), "unknown_refs": unknown}

    def _written(self, round_: QuestionnaireRound) -> dict[str, Any]:
        job = run_here(kind=JOB_KIND, key=job_key(round_), payload={"round": round_.pk})
        if job.state != JobState.DONE:
            raise CommandError(f"round {round_.pk}: {job.error or job.state}")
        round_.refresh_from_db()
        return {
            "round": round_.pk, "name": round_.name, "invited": round_.invitations.count(),
            "left_out": round_.left_out,
        }  # fmt: skip

    def _of_view(self, name: str, owner: str | None) -> tuple[str, list[int], list[str], Any]:
        views = SavedView.objects.filter(list_key="clients", name=name).select_related("owner")
        if owner:
            views = views.filter(owner__email__iexact=owner)
        found = list(views[:2])
        if not found:
            raise CommandError(f"no view of the client list is called {name!r}")
        if len(found) > 1:
            raise CommandError(f"several views are called {name!r}: say whose with --owner E-MAIL")
        return name, ids_of(audience(found[0].pk, found[0].owner)), [], found[0].owner

    def _of_file(self, path: Path) -> tuple[str, list[int], list[str], Any]:
        try:
            refs = read_refs(path.read_bytes())
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except AnswersRefused as error:
            raise CommandError(f"{path}: {error}") from error
        ids, unknown = clients_by_refs(refs, Client.objects.filter(state=ClientState.ACTIVE.value))
        return path.stem[:120], ids, unknown, None
