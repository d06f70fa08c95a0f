"""Jobs of questionnaires."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.models import QuestionnaireRound
from clients.sociotypes.services.rounds import JOB_KIND, write_invitations
from jobs.registry import Context, handler


@handler(JOB_KIND, _("Invitations to the questionnaire"))
def questionnaire_round(context: Context) -> Mapping[str, Any]:
    round_ = QuestionnaireRound.objects.get(pk=context.payload["round"])
    return write_invitations(
        round_=round_, now=timezone.now(),
        progress=lambda done, total: context.checkpoint(done=done, total=total),
    )  # fmt: skip
