from django.utils.translation import gettext_lazy as _

from attention.rules import LineState

LINE_STATES = {
    LineState.OPEN: _("To do"),
    LineState.DONE: _("Done"),
    LineState.SNOOZED: _("Snoozed"),
    LineState.WRONG: _("Wrong"),
}

REASONS = {
    "reminder": _("You asked to be reminded on %(until_date)s"),
    "drawn": _("Drawn at random to learn what attention does (10%% of your time)"),
    "athlete_floor": _("Athlete: half an hour at least every two weeks"),
    "athlete_floor_own": _("Played like an athlete: half an hour at least every two weeks"),
    "untouched": _("Not contacted on the list for %(weeks)s weeks"),
    "never_touched": _("Not on the list yet; every client comes up once in 13 weeks"),
    "silence": _("Usually orders every %(usual)s weeks, last order %(weeks)s weeks ago"),
    "silence_weekly": _("Usually orders every week, last order %(weeks)s weeks ago"),
    "silence_perhaps": _(
        "Usually orders every %(usual)s weeks, last order %(weeks)s weeks ago; it may be chance"
    ),
    "silence_weekly_perhaps": _(
        "Usually orders every week, last order %(weeks)s weeks ago; it may be chance"
    ),
    "stopped": _("Bought %(before_cents)s in the %(weeks)s weeks before, nothing in the last %(weeks)s"),
    "reactivated": _("Back after %(weeks)s weeks or more without orders, %(now_cents)s since"),
    "new": _("New client: first order %(weeks)s weeks ago, %(now_cents)s so far"),
    "first_year": _("Client for %(weeks)s weeks, %(now_cents)s so far"),
    "new_now": _("New client: first order within two weeks, %(now_cents)s so far"),
    "revenue_fell": _("Revenue fell from %(before_cents)s to %(now_cents)s in %(weeks)s weeks"),
    "revenue_fell_perhaps": _(
        "Revenue fell from %(before_cents)s to %(now_cents)s in %(weeks)s weeks; it may be chance"
    ),
    "revenue_grew": _("Revenue grew from %(before_cents)s to %(now_cents)s in %(weeks)s weeks"),
    "revenue_level": _("Revenue about level: %(before_cents)s, then %(now_cents)s in %(weeks)s weeks"),
    "margin_fell": _("Margin rate moved by %(change_points)s points, now %(now_rate)s"),
    "worth": _("Expected to bring %(worth_cents)s of margin in the next 12 months"),
    "worth_revenue": _("Expected to buy %(worth_cents)s in the next 12 months"),
    "is_whale": _("Whale: high revenue, low profitability"),
    "is_thoroughbred": _("Thoroughbred: high profitability, low revenue"),
    "is_athlete": _("Athlete: high revenue and high profitability"),
    "is_dilemma": _("Dilemma: neither revenue nor profitability is high"),
    "in_own_segment": _("Segment: %(segment)s"),
    "slipping": _("All weeks taken together, %(chance_rate)s likely to be slipping away"),
    "alert": _("The order history shows a clear sign of decline"),
    "watch": _("The order history shows a first sign of decline"),
    "portfolio_margin": _(
        "Costs of this client are not known well enough: the portfolio's margin rate of %(assumed_rate)s is assumed"
    ),
    "assumed_margin": _("%(share_rate)s of the margin rests on a margin rate assumed for the category"),
    "no_margin": _("No costs are known: amounts are revenue, not margin"),
    "negative_margin": _("Margin rate is %(now_rate)s: this revenue earns nothing as it is"),
}

# In mails amounts stay out unless CMIX_MAIL_AMOUNTS says otherwise.
REASONS_WITHOUT_AMOUNTS = REASONS | {
    "stopped": _("Bought in the %(weeks)s weeks before, nothing in the last %(weeks)s"),
    "reactivated": _("Back after %(weeks)s weeks or more without orders"),
    "new": _("New client: first order %(weeks)s weeks ago"),
    "first_year": _("Client for %(weeks)s weeks"),
    "new_now": _("New client: first order within two weeks"),
    "revenue_fell": _("Revenue fell by %(change_rate)s in %(weeks)s weeks"),
    "revenue_fell_perhaps": _("Revenue fell by %(change_rate)s in %(weeks)s weeks; it may be chance"),
    "revenue_grew": _("Revenue grew by %(change_rate)s in %(weeks)s weeks"),
    "revenue_level": _("Revenue about level over %(weeks)s weeks"),
}
# Sentences that say nothing but an amount.
ONLY_AMOUNTS = frozenset({"worth", "worth_revenue"})

ACTS = {
    "whale_keep": _("Look for a cheaper way to serve them: orders and follow-up online"),
    "whale_call": _("Ask what changed; offer simpler service online before talking about price"),
    "thoroughbred_keep": _("Propose a new product or service that goes with what they buy"),
    "thoroughbred_call": _("Ask what changed, and bring a service they do not have yet"),
    "athlete_keep": _("Keep the partnership alive: what are they planning next?"),
    "athlete_call": _("Call first of all: ask what changed and do everything to keep them"),
    "dilemma_keep": _("Find out why so little comes of it: their need, or our offer?"),
    "dilemma_call": _("Ask what changed, then decide whether to go on investing time"),
    "to_qualify_keep": _("Complete the facts: needs, size, other suppliers, our costs"),
    "to_qualify_call": _("Ask what changed, and complete the facts meanwhile"),
    "win_back": _("Ask why they stopped and what would bring them back"),
    "welcome": _("Ask how the first orders went and what they need next"),
}

CHANNELS = {
    "call": _("mail or call"),
    "video": _("video call"),
    "visit": _("visit"),
}

PARTS = {
    "retain": _("Keeping what the client is expected to bring"),
    "recover": _("Winning back what the client no longer buys"),
}
PART_NOTES = {
    "retain": _("Margin expected in the next 12 months, times the chance of slipping away"),
    "recover": _("Margin lost against the year before as far as the evidence carries, times the same chance"),
}

BASES = {
    "client": _("the client's own margin rate"),
    "portfolio": _("the portfolio's margin rate, assumed"),
    "revenue": _("no margin known: amounts are revenue"),
}

EVIDENCE = {
    "not_enough": _("too few orders to tell"),
    "stable": _("no sign of change"),
    "watch": _("a first sign of decline"),
    "alert": _("a clear sign of decline"),
}
