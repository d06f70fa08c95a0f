"""The words of imports."""

from django.utils.translation import gettext_lazy as _

from intake.rules import Code, Kind, Mode, State

KINDS = {
    Kind.CLIENTS: _("Clients"),
    Kind.PEOPLE: _("People"),
    Kind.UNITS: _("Buying units"),
    Kind.PRODUCTS: _("Products"),
    Kind.ORDERS: _("Orders"),
    Kind.COSTS: _("Costs"),
    Kind.INTERACTIONS: _("Interactions"),
}
KIND_TEXTS = {
    Kind.CLIENTS: _("Companies and private persons, with owner, address, parent company and tags."),
    Kind.PEOPLE: _("The persons of your clients: role, e-mail, phone, language."),
    Kind.UNITS: _("Households and groups: one row for each client that belongs to one, with its head."),
    Kind.PRODUCTS: _("Products with category path, near universe, sold online, since when, unit cost."),
    Kind.ORDERS: _("One row for each line of an order: client, day, amount, and what else is known."),
    Kind.COSTS: _("Unit costs of products, or the cost of a line of an order."),
    Kind.INTERACTIONS: _("Calls, visits, mails, meetings and notes, with the minutes they took."),
}
MODES = {
    Mode.UPSERT: _("Create new ones and update those that exist"),
    Mode.CREATE: _("Only create new ones; skip those that exist"),
    Mode.UPDATE: _("Only update those that exist"),
}
STATES = {
    State.UPLOADED: _("To be confirmed"),
    State.QUEUED: _("Importing"),
    State.TRIED: _("Tried out"),
    State.DONE: _("Imported"),
    State.REFUSED: _("Refused"),
    State.UNDONE: _("Undone"),
}
PROBLEMS = {
    Code.MISSING: _("A value is missing."),
    Code.TOO_LONG: _("The text is too long."),
    Code.FORMULA: _("The cell holds a formula."),
    Code.NOT_A_NUMBER: _("This is not a number as this file writes them."),
    Code.OUT_OF_RANGE: _("The number is too large or too small."),
    Code.NOT_A_DAY: _("The day cannot be read in the format of this file."),
    Code.DAY_OUT_OF_RANGE: _("The day lies before 1970 or after 2100."),
    Code.IN_FUTURE: _("The day lies in the future."),
    Code.NOT_A_CHOICE: _("This is none of the values that are possible here."),
    Code.NOT_YES_OR_NO: _("This says neither yes nor no."),
    Code.NOT_AN_EMAIL: _("This is no e-mail address."),
    Code.EMAIL_LETTERS: _("The e-mail address holds letters that only look like the usual ones."),
    Code.NOT_A_PHONE: _("This is no phone number."),
    Code.NOT_A_URL: _("This is no web address."),
    Code.OWNER_UNKNOWN: _("Nobody you may assign to has this e-mail or name."),
    Code.DATES_IN_ORDER: _("The end lies before the beginning."),
    Code.TWICE_IN_FILE: _("An earlier row of this file says the same record."),
    Code.NO_SUCH_RECORD: _("There is no such record among yours to update."),
    Code.NOT_YOURS: _("You may not import for this client."),
    Code.CLIENT_UNKNOWN: _("No client of yours has this reference."),
    Code.PERSON_UNKNOWN: _("No person of yours is known by this."),
    Code.PARENT_UNKNOWN: _("No client of yours, and none of this file, has the reference of the parent company."),
    Code.PARENT_CIRCLE: _("The parent company belongs to this client itself."),
    Code.PRODUCT_UNKNOWN: _("No product has this reference."),
    Code.ORDER_UNKNOWN: _("No order of your clients has this reference."),
    Code.LINE_UNCLEAR: _("Not exactly one line of the order fits; say product, day or position."),
    Code.NOT_FOR_ALL: _("This counts for everybody; only who sees all clients may import it."),
    Code.AMBIGUOUS: _("Several records fit; say the reference."),
    Code.ERASED: _("The data of this client or person were erased on request and may not come back."),
    Code.OTHER_UNIT: _("The client belongs to another buying unit at present."),
    Code.CATEGORY_CIRCLE: _("The category would be part of itself."),
}  # fmt: skip
YES_WORDS = frozenset({"1", "true", "yes", "y", "oui", "o", "vrai", "x", "ja", "wahr"})
NO_WORDS = frozenset({"0", "false", "no", "n", "non", "faux", "nein", "falsch"})
