from django.utils.translation import gettext_lazy as _

from jobs.rules import JobState, MailState

JOB_STATES = {
    JobState.QUEUED: _("Waiting"),
    JobState.RUNNING: _("Running"),
    JobState.DONE: _("Done"),
    JobState.FAILED: _("Failed"),
}
MAIL_STATES = {
    MailState.PENDING: _("To send"),
    MailState.CLAIMED: _("Being sent"),
    MailState.DATA: _("Handing over"),
    MailState.SENT: _("Sent"),
    MailState.FAILED: _("Refused"),
    MailState.UNCERTAIN: _("Uncertain"),
}
