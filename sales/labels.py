from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from sales.rules import Channel, Field, Reject

CHANNELS = {
    Channel.UNKNOWN: pgettext_lazy("channel", "Unknown"),
    Channel.ONLINE: pgettext_lazy("channel", "Online"),
    Channel.OFFLINE: pgettext_lazy("channel", "Offline"),
}
FIELDS = {
    Field.CLIENT: _("Client reference"),
    Field.DAY: _("Day"),
    Field.AMOUNT: _("Net amount of the line"),
    Field.QUANTITY: _("Quantity"),
    Field.UNIT_PRICE: _("Unit price"),
    Field.ORDER: _("Order reference"),
    Field.PRODUCT: _("Product reference"),
    Field.COST: _("Cost of the line"),
    Field.CURRENCY: _("Currency code"),
    Field.CLIENT_NAME: _("Client name"),
    Field.PRODUCT_NAME: _("Product name"),
    Field.CATEGORY: _("Product category"),
    Field.CITY: _("City of the client"),
    Field.COUNTRY: _("Country of the client"),
    Field.CHANNEL: _("Channel: online or offline"),
    Field.REFUNDED: _("Refunded of the whole order"),
    Field.DISCOUNT: _("Discount on the whole order, not yet taken off its lines"),
    Field.SUBTOTAL: _("Goods of the whole order, discount taken off"),
}

REJECTS = {
    Reject.CLIENT_MISSING: _("The row names no client."),
    Reject.DAY_MISSING: _("The row has no day."),
    Reject.DAY_UNREADABLE: _("The day cannot be read in the format of this file."),
    Reject.DAY_OUT_OF_RANGE: _("The day lies before 1970 or after 2100."),
    Reject.DAY_IN_FUTURE: _("The day lies in the future."),
    Reject.NUMBER_MISSING: _("An amount, quantity or price is empty."),
    Reject.NUMBER_UNREADABLE: _(
        "An amount, quantity, price or cost is not a number as this file writes them."
    ),
    Reject.NUMBER_OUT_OF_RANGE: _("An amount, quantity, price or cost is too large."),
    Reject.ORDER_MISSING: _("The row names no order."),
    Reject.CURRENCY_UNKNOWN: _("The currency is not a code of three letters."),
    Reject.REFERENCE_TOO_LONG: _("A reference is too long."),
    Reject.FORMULA: _("A cell holds a formula."),
    Reject.NUL_BYTE: _("The row holds NUL bytes."),
    Reject.FIELD_TOO_LONG: _("A cell is too long."),
    Reject.QUOTES_BROKEN: _("Text follows a closing quotation mark."),
    Reject.TOO_FEW_CELLS: _("The row has fewer cells than the header."),
    Reject.TOO_MANY_CELLS: _("The row has more cells than the header."),
    Reject.ORDER_OF_OTHER_CLIENT: _("The order belongs to another client."),
    Reject.NOT_YOUR_CLIENT: _("You may not import for this client."),
    Reject.ERASED: _("The data of this client were erased on request and may not come back."),
    Reject.CHANNEL_UNKNOWN: _("The channel is neither online nor offline."),
    Reject.DISCOUNT_NOT_SPREAD: _(
        "The discount of the order cannot be spread over its lines: it is more than they come to, is said twice differently, or a row of the order was left out."
    ),
}
