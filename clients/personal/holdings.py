"""What the records of clients hold of a subject, as its sections."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from clients.export_jobs import forget_exports, holding
from clients.models import (
    BuyingUnit,
    Change,
    Client,
    Consent,
    DuplicatePair,
    Interaction,
    Invitation,
    MergedPerson,
    Person,
    RetentionNotice,
    Task,
    Trail,
    UnitMembership,
)
from clients.personal.erasing import needles_of
from clients.personal.sources import Section, Subject, table
from jobs.models import OutMail

TASKS = "clients.tasks"
REMINDERS = (TASKS, "clients.retention")
LEAST = 3  # letters; shorter names stand in every text
CLIENT = (
    "ref", "name", "kind", "owner__name", "team__name", "street", "postcode", "city", "country", "email", "phone",
    "language", "registration_number", "website", "observed_from", "created_at", "updated_at",
)  # fmt: skip
PERSON = (
    "ref", "first_name", "last_name", "job_title", "role", "is_decision_maker", "email", "phone", "language",
    "legal_basis", "source", "profiling_objected_at", "last_contact_on", "left_on", "created_at", "updated_at",
)  # fmt: skip


def collect(subject: Subject) -> Iterator[Section]:
    if subject.is_whole:
        yield table("client", Client.objects.filter(pk__in=subject.client_ids), CLIENT)
        tags = Client.tags.through.objects.filter(client__in=subject.client_ids)
        yield table("tags", tags, ["tag__name"], _("Tags"))
        yield table(
            "units", UnitMembership.objects.filter(client__in=subject.client_ids),
            ["unit__name", "unit__kind", "joined_on", "left_on"],
        )  # fmt: skip
    yield table("people", Person.objects.filter(pk__in=subject.person_ids), ("client__name", *PERSON))
    led = MergedPerson.objects.filter(pk__in=[record.pk for record in subject.merged]).order_by("pk")
    yield table("merged_records", led, ["ref", "merged_at"])
    yield table(
        "consents", Consent.objects.filter(person__in=subject.person_ids),
        ["purpose", "given_at", "withdrawn_at", "source"],
    )  # fmt: skip
    yield table(
        "headed_units", BuyingUnit.objects.filter(head__in=subject.person_ids), ["name", "kind"], _("Heads")
    )
    yield from _dealings(subject)
    yield from _journal(subject)
    yield _exports(subject)
    yield _mails(subject)


def _own_mails(subject: Subject) -> Q:
    """Sent to an address of the subject's, or bound to them by an invitation."""
    records: list[Client | Person] = [*subject.clients, *subject.people]
    own = Q(pk__in=Invitation.objects.filter(person__in=subject.person_ids).values("mail"))
    for address in {record.email for record in records if record.email}:
        own |= Q(to_email__iexact=address)
    return own


def _links(subject: Subject) -> list[str]:
    """The ends of lines by which reminders point at the subject's own records."""
    return [client.get_absolute_url() for client in subject.clients] if subject.is_whole else []


def _linking_mails(subject: Subject) -> Q:
    linking = Q(pk__in=[])
    for link in _links(subject):
        linking |= Q(kind=TASKS, text__contains=f"{link}\n")
    return linking


def _about(text: str, links: list[str]) -> str:
    """Of a reminder only its entries (title, client, link) on the subject: others stand there too."""
    lines = text.splitlines()
    ends = [number for number, line in enumerate(lines) if links and line.endswith(tuple(links))]
    return "\n".join(line for end in ends for line in lines[max(end - 2, 0) : end + 1])


def _mails(subject: Subject) -> Section:
    """Mails that surely concern the subject, by address or number; what only has the name is in ``by_name``."""
    own = set(OutMail.objects.filter(_own_mails(subject)).values_list("pk", flat=True))
    mails = OutMail.objects.filter(Q(pk__in=own) | _linking_mails(subject))
    mails = mails.exclude(kind__startswith="attention.").select_related("recipient").order_by("pk")
    links = _links(subject)
    rows = [
        [
            mail.subject, mail.recipient.role if mail.recipient else "",
            mail.text if mail.pk in own else _about(mail.text, links), mail.state, mail.sent_at,
        ]
        for mail in mails
    ]  # fmt: skip
    names = ["subject", "recipient_role", "text", "state", "sent_at"]
    heads = [str(head) for head in (_("subject"), _("role"), _("text"), _("state"), _("sent"))]
    return Section(
        "mails_of_clients",
        _("Mails to the person, and reminders that point at them"),
        heads,
        rows,
        names=names,
    )


def by_name(subject: Subject) -> dict[str, int]:
    """How many mails of each kind name the subject, or a namesake: content is left for a human to decide on."""
    named = Q(pk__in=[])
    for form in {*needles_of(subject).forms, *_names(subject)}:
        named |= Q(text__icontains=form) | Q(subject__icontains=form)
    doubtful = OutMail.objects.filter(named).exclude(kind__startswith="attention.")
    doubtful = doubtful.exclude(_own_mails(subject)).exclude(_linking_mails(subject))
    counted = doubtful.order_by("kind").values_list("kind").annotate(mails=Count("pk"))
    return dict(counted)


def _exports(subject: Subject) -> Section:
    """Who may hold a copy of a list with the subject's rows: recipients, told by their role."""
    rows = [
        [file.batch.label, file.batch.by.role if file.batch.by else None, file.batch.at, file.expires_at]
        for file in holding(subject.client_ids)
    ]
    names = ["label", "by__role", "at", "expires_at"]
    heads = [str(head) for head in (_("what"), _("by"), _("when"), _("kept until"))]
    return Section("exports", _("Stored exports that hold these data"), heads, rows, names=names)


def erase(subject: Subject, now: datetime) -> dict[str, int]:
    """The records themselves go in ``erasing``; here go copies of them in stored exports."""
    named = Q(pk__in=[])
    for name in _names(subject):
        named |= Q(text__icontains=name) | Q(html__icontains=name) | Q(subject__icontains=name)
    # One that waits is written anew as it leaves; what was sent is only told of by its state.
    mails = OutMail.objects.filter(named, kind__in=REMINDERS).update(subject="–", text="", html="")
    return {"exports": forget_exports(subject.client_ids), "reminders": mails}


def _names(subject: Subject) -> list[str]:
    """Names by which reminders call the subject, also those of one word alone."""
    return (
        [client.name for client in subject.clients if len(client.name) >= LEAST] if subject.is_whole else []
    )


def _dealings(subject: Subject) -> Iterator[Section]:
    interactions = Interaction.objects.order_by("happened_at")
    if subject.is_whole:
        interactions = interactions.filter(client__in=subject.client_ids)
        tasks = Task.objects.filter(client__in=subject.client_ids)
        yield table("tasks", tasks, ["title", "note", "due_on", "owner__name", "state", "done_at"])
    else:
        interactions = interactions.filter(person__in=subject.person_ids)
    yield table(
        "interactions", interactions,
        ["kind", "happened_at", "minutes", "summary", "next_step", "came_from_client", "by__name"],
    )  # fmt: skip


def _journal(subject: Subject) -> Iterator[Section]:
    changes = Change.objects.filter(model="clients.person", record_id__in=subject.person_numbers)
    if subject.is_whole:
        changes = changes | Change.objects.filter(client__in=subject.client_ids)
        pairs = DuplicatePair.objects.filter(left__in=subject.client_ids) | DuplicatePair.objects.filter(
            right__in=subject.client_ids
        )
        yield table(
            "duplicates", pairs, ["left__ref", "right__ref", "score", "reasons", "rule_version", "found_at"]
        )
    yield table(
        "changes",
        changes.order_by("at", "pk"),
        ["model", "act", "before", "after", "by__role", "at"],
        _("Changes"),
    )
    trail = Trail.objects.filter(subject=subject.kind, record_id=subject.record_id)
    if not subject.is_whole:
        trail |= Trail.objects.filter(subject="person", record_id__in=subject.person_numbers)
    yield table("trail", trail.order_by("at"), ["act", "by__role", "at"], _("Accesses to these data"))
    notices = RetentionNotice.objects.filter(client__in=subject.client_ids)
    if not subject.is_whole:
        notices = notices.filter(person__in=subject.person_ids)
    yield table("retention", notices, ["last_sign_on", "due_on", "warned_on", "postponed_until", "reason"])
