"""The words of the indicators."""

from django.utils.translation import gettext_lazy as _

from kinetics.states import Evidence, ExpectedState, ProfitState, RevenueState

REVENUE_STATES = {
    RevenueState.PROSPECT: _("Never ordered"),
    RevenueState.NEW: _("New"),
    RevenueState.SHORT: _("Shorter windows"),
    RevenueState.REACTIVATED: _("Back again"),
    RevenueState.SILENT: _("Silent"),
    RevenueState.NEGATIVE_BASE: _("Refunds above sales before"),
    RevenueState.DORMANT: _("Dormant"),
    RevenueState.MEASURED: _("Measured"),
}
EVIDENCES = {
    Evidence.NOT_ENOUGH: _("Not enough orders to tell"),
    Evidence.STABLE: _("No sign of decline"),
    Evidence.WATCH: _("Worth watching"),
    Evidence.ALERT: _("Declining"),
}
EXPECTED_STATES = {
    ExpectedState.PROSPECT: _("Never ordered"),
    ExpectedState.MODEL: _("From the model"),
    ExpectedState.FALLBACK: _("From own record"),
}
PROFIT_STATES = {
    ProfitState.UNKNOWN: _("Costs not known"),
    ProfitState.NO_BASE: _("No sales above refunds"),
    ProfitState.ONE_WINDOW: _("Nothing to compare"),
    ProfitState.PARTIAL: _("Costs partly known"),
    ProfitState.MEASURED: _("Measured"),
}
INDICATORS = {
    "revenue": _("Evolution of revenue"),
    "expected": _("Expected revenue, 52 weeks"),
    "profit": _("Evolution of profitability"),
}
FORMULAS = {
    "revenue": _(
        "Revenue of the last 364 days (52 whole weeks, refunds taken off) against the 364 days before, in"
        " money and in percent of the earlier window. Between one and two years of record, two equal"
        " shorter windows are compared. Chance is judged by asking how often orders like these would fall"
        " so unevenly by themselves, given how the whole portfolio moved, and how unusual the present"
        " silence is for this client's own rhythm."
    ),
    "expected": _(
        "Orders expected in the next 52 weeks, from how often, how recently and how long the client has"
        " bought (BG/NBD), times the expected value of an order (Gamma-Gamma), less the portfolio's share"
        " of refunds, times the correction found by checking the forecast on the last 26 weeks. The range"
        " holds eight outcomes of ten."
    ),
    "profit": _(
        "Margin over revenue, on the lines whose cost is known, in the last 364 days against the 364 days"
        " before, in points. The change of the margin in money splits into what the volume did (change of"
        " revenue at the earlier rate) and what the rate did (present revenue at the change of rate)."
    ),
}
PHASES = {
    "rollup": _("Days brought up to date"),
    "features": _("Records read"),
    "model": _("Model fitted and checked"),
    "write": _("Indicators written"),
}
REASONS = {
    "gate.little_data": _(
        "The model needs %(weeks)s weeks of records and %(needed)s clients who came back; there are"
        " %(repeaters)s. Until then, each client's own record is used."
    ),
    "gate.unchecked": _(
        "The forecast was not checked on the past yet: half a year ago there was too little data to try."
    ),
    "gate.bias": _(
        "Half a year ago the model would have forecast the orders since with an error of %(bias_rate)s in total."
    ),
    "gate.exact": _("Nobody ordered in the half-year of the check, so the total error cannot be told."),
    "gate.better": _(
        "Client by client it was closer than the plain record (deviance %(deviance)s against %(naive)s):"
        " the model is used."
    ),
    "gate.worse": _(
        "Client by client it was not closer than the plain record (deviance %(deviance)s against %(naive)s):"
        " each client's own record is used instead."
    ),
    "gate.lift": _(
        "The tenth of clients it ranked highest ordered %(lift)s times as much as the mean client."
    ),
    "gate.factor": _("Every expectation is therefore scaled to %(factor_rate)s."),
    "gate.kept": _("Today's fit was no better than the last one, so the last parameters were kept."),
    "gate.refunds": _("%(refund_rate)s of sales come back as refunds and are taken off."),
    "revenue.prospect": _("No order ever."),
    "revenue.new": _("Client for %(tenure)s days: %(r0_cents)s so far, nothing yet to compare with."),
    "revenue.short": _(
        "%(r0_cents)s in the last %(days)s days against %(r1_cents)s in the %(days)s before: a change of %(growth_rate)s."
    ),
    "revenue.measured": _(
        "%(r0_cents)s in the last %(days)s days against %(r1_cents)s in the %(days)s before: a change of %(growth_rate)s."
    ),
    "revenue.reactivated": _("%(r0_cents)s in the last %(days)s days, nothing in the %(days)s before."),
    "revenue.silent": _("Nothing in the last %(days)s days, %(r1_cents)s in the %(days)s before."),
    "revenue.negative_base": _(
        "Refunds exceeded sales in the earlier window (%(r1_cents)s): no percentage, a difference of"
        " %(change_cents)s."
    ),
    "revenue.dormant": _("Nothing in the last %(days)s days, nor in the %(days)s before."),
    "revenue.shorter_windows": _(
        "With %(tenure)s days of record, two windows of %(days)s days are compared."
    ),
    "change.fell": _("By chance alone, orders would drop this much about 1 time in %(chance)s."),
    "change.rose": _("By chance alone, orders would rise this much about 1 time in %(chance)s."),
    "gap.silence": _("A silence this long happens by chance about 1 time in %(chance)s."),
    "evidence.few": _("%(orders)s purchase days in both windows: too few to tell a change from chance."),
    "evidence.stable": _("No decline beyond what chance explains."),
    "evidence.watch": _("A decline that chance explains badly: worth watching."),
    "evidence.alert": _("A decline that chance hardly explains."),
    "expected.prospect": _("No order ever, so nothing to expect from the record."),
    "expected.product": _(
        "%(orders)s orders expected, of %(order_cents)s each, less %(refund_rate)s of refunds."
    ),
    "expected.some": _("At least one order in 52 weeks: %(p_rate)s."),
    "expected.no_repeat": _("One purchase day so far: whether the client will return cannot be told."),
    "expected.alive": _(
        "Still a client with a probability of %(alive_rate)s, after %(repeats)s repeat days."
    ),
    "expected.factor": _("Scaled to %(factor_rate)s, as the last 26 weeks corrected the forecast."),
    "expected.fallback": _(
        "Too little data for the model, or its last check failed: the client's own record with a weak prior."
    ),
    "profit.unknown": _("No cost is known for the lines of the last 364 days."),
    "profit.no_base": _("On the lines with a cost, refunds exceed sales: no rate."),
    "profit.one_window": _("Margin of %(margin_cents)s at %(now_rate)s; no earlier window to compare with."),
    "profit.partial": _(
        "Margin rate %(now_rate)s, on %(coverage_rate)s of the revenue only; a change is told from"
        " %(needed_rate)s on, in both windows."
    ),
    "profit.measured": _(
        "Margin of %(margin_cents)s at %(now_rate)s, before %(before_rate)s: %(change_points)s points."
    ),
    "profit.split": _("Volume made %(volume_cents)s of the change, the rate %(by_rate_cents)s."),
    "profit.assumed": _("Assumption: %(assumed_rate)s of the costed revenue uses an assumed margin rate."),
    "profit.chance": _("By chance alone, the rate would change this much about 1 time in %(chance)s."),
}
