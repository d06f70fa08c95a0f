"""Words for types, statuses, flags, traits and reasons.

The names of the method ("technonul") are pejorative on a person who may ask to read them; pages show neutral
ones unless ``CMIX_SOCIOTYPE_NAMES=method``. Codes never change.
"""

from collections.abc import Mapping

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from clients.sociotypes.rules.asking import LeftOut
from clients.sociotypes.rules.derived import ClientStatus
from clients.sociotypes.rules.instrument import Scale, Sociotype
from clients.sociotypes.rules.observed import Certainty, Trait
from clients.sociotypes.rules.scoring import Channel, Flag, Status

NEUTRAL = {
    Sociotype.TECHNOPHILE: pgettext_lazy("sociotype", "Forerunner"),
    Sociotype.TECHNOMOUTON: pgettext_lazy("sociotype", "Follower"),
    Sociotype.TECHNO_NO: pgettext_lazy("sociotype", "Unconcerned"),
    Sociotype.TECHNONUL: pgettext_lazy("sociotype", "Reluctant"),
}
METHOD = {
    Sociotype.TECHNOPHILE: pgettext_lazy("sociotype", "Technophile"),
    Sociotype.TECHNOMOUTON: pgettext_lazy("sociotype", "Techno-sheep"),
    Sociotype.TECHNO_NO: pgettext_lazy("sociotype", "Techno-no"),
    Sociotype.TECHNONUL: pgettext_lazy("sociotype", "Techno-nil"),
}
MEANINGS = {
    Sociotype.TECHNOPHILE: _("Asks for online services before they are offered."),
    Sociotype.TECHNOMOUTON: _("Comes along once others have, with some apprehension."),
    Sociotype.TECHNO_NO: _("Has other concerns and knows little of what exists."),
    Sociotype.TECHNONUL: _("Holds back and keeps to the ways that are known."),
}
SCALE_NAMES = {
    Scale.AHEAD: _("Ahead of the offer"),
    Scale.FOLLOWING: _("Going with others"),
    Scale.DISTANT: _("Distance"),
    Scale.OPPOSED: _("Opposition"),
}
STATUSES = {
    Status.INCOMPLETE: pgettext_lazy("status of a type", "Incomplete"),
    Status.UNDETERMINED: pgettext_lazy("status of a type", "Undetermined"),
    Status.TIE: pgettext_lazy("status of a type", "Between two"),
    Status.WEAK: pgettext_lazy("status of a type", "Weak"),
    Status.PROBABLE: pgettext_lazy("status of a type", "Probable"),
    Status.FIRM: pgettext_lazy("status of a type", "Firm"),
}
CLIENT_STATUSES = {
    ClientStatus.NOT_ASKED: pgettext_lazy("status of a type", "Nobody was asked"),
    ClientStatus.OBJECTED: pgettext_lazy("status of a type", "No profile wanted"),
    ClientStatus.UNDETERMINED: STATUSES[Status.UNDETERMINED],
    ClientStatus.SUSPECT: pgettext_lazy("status of a type", "To be confirmed"),
    ClientStatus.EXPIRED: pgettext_lazy("status of a type", "Expired"),
    ClientStatus.TIE: STATUSES[Status.TIE],
    ClientStatus.WEAK: STATUSES[Status.WEAK],
    ClientStatus.PROBABLE: STATUSES[Status.PROBABLE],
    ClientStatus.FIRM: STATUSES[Status.FIRM],
}
CHANNELS = {
    Channel.SELF: pgettext_lazy("channel of an answer", "Own answer"),
    Channel.PHONE: pgettext_lazy("channel of an answer", "By phone"),
    Channel.OBSERVED: pgettext_lazy("channel of an answer", "Observed"),
}
FLAGS = {
    Flag.STRAIGHT: _("Almost the same answer to everything"),
    Flag.INCONSISTENT: _("Statements that say the opposite got the same answer"),
    Flag.FAST: _("Answered faster than one can read"),
}
CERTAINTIES = {
    Certainty.SURE: pgettext_lazy("certainty", "Sure"),
    Certainty.LIKELY: pgettext_lazy("certainty", "Likely"),
    Certainty.GUESS: pgettext_lazy("certainty", "A guess"),
}
TRAITS = {
    Trait.AHEAD_OF_OFFER: _("Asked for an online service that we do not offer"),
    Trait.HEAVY_USER: _("Writes and orders by e-mail or on the web nearly always"),
    Trait.OPEN_TO_ELSEWHERE: _("Told what is done in other countries or trades"),
    Trait.FOLLOWS: _("Took up a tool because colleagues or peers use it"),
    Trait.APPREHENSIVE: _("Worried at a new tool, then got used to it"),
    Trait.LITTLE_INFORMED: _("Did not know of an online service of the trade"),
    Trait.UNCONCERNED: _("Said that new tools are not a concern at present"),
    Trait.BRAKES: _("Refused or delayed ordering online"),
    Trait.SKIPS_TRAINING: _("Did not come to a training on an online tool"),
    Trait.BOASTS_WITHOUT: _("Said to be glad to do without digital tools"),
}
REASONS = {
    "scales_missing": _("Too few answers on: %(scales)s."),
    "profile_flat": _("The four scales lie within %(range)s points: no profile stands out."),
    "highest_A": _("Highest scale: ahead of the offer, %(value)s of 5."),
    "highest_S": _("Highest scale: going with others, %(value)s of 5."),
    "highest_D": _("Highest scale: distance, %(value)s of 5."),
    "highest_O": _("Highest scale: opposition, %(value)s of 5."),
    "lowest_A": _("Lowest scale: ahead of the offer, %(value)s of 5."),
    "lowest_S": _("Lowest scale: going with others, %(value)s of 5."),
    "lowest_D": _("Lowest scale: distance, %(value)s of 5."),
    "lowest_O": _("Lowest scale: opposition, %(value)s of 5."),
    "nearest_type": _("The profile lies nearest to “%(type)s”: %(p_rate)s of the likelihood."),
    "tied_with": _("“%(type)s” is almost as near: %(p_rate)s."),
    "observed": _("Seen by a colleague as “%(type)s”: %(certainty)s."),
}


def type_names() -> Mapping[Sociotype, str | Promise]:
    return METHOD if settings.CMIX_SOCIOTYPE_NAMES == "method" else NEUTRAL


def type_name(code: str) -> str:
    """The shown name of a code; "" for none."""
    return str(type_names()[Sociotype(code)]) if code else ""


LEFT_OUT: Mapping[str, str | Promise] = {
    LeftOut.REFUSED.value: _("want no profile"),
    LeftOut.OPTED_OUT.value: _("want no questionnaires"),
    LeftOut.OTHERS_DECIDE.value: _("do not decide; somebody else there does"),
    LeftOut.NO_EMAIL.value: _("have no e-mail address"),
    LeftOut.ANSWERED.value: _("answered not long ago"),
    LeftOut.INVITED.value: _("are invited already"),
    LeftOut.NOBODY.value: _("clients without a person"),
}
PROGRESS: Mapping[str, str | Promise] = {
    "done": pgettext_lazy("invitation", "Answered"),
    "started": pgettext_lazy("invitation", "Begun"),
    "sent": pgettext_lazy("invitation", "Sent"),
    "waiting": pgettext_lazy("invitation", "To be sent"),
    "not_delivered": pgettext_lazy("invitation", "Not delivered"),
    "expired": pgettext_lazy("invitation", "Expired"),
    "revoked": pgettext_lazy("invitation", "Closed by us"),
}
