from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from common.indexes import LargestFirst
from sales.labels import CHANNELS
from sales.querysets import ClientDayQuerySet, OrderLineQuerySet, OrderQuerySet
from sales.rules import Channel, makes_circle


class Category(models.Model):
    """A family of products. ``assumed_margin_rate`` stands in where no cost is known, labelled so."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("part of"),
        related_name="children",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
    )
    # What else the client buys for the same life or trade, which we could sell (share of wallet, level 3).
    is_near_universe = models.BooleanField(
        _("near universe"), default=False, db_default=False,
        help_text=_("Belongs to the near universe of our products, in the sense of the client share."),
    )  # fmt: skip
    assumed_margin_rate = models.DecimalField(
        _("assumed margin rate"), max_digits=5, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(-1), MaxValueValidator(1)],
        help_text=_("Share of the net amount, for lines without a cost: 0.35 means 35%. An assumption."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | ~models.Q(parent=models.F("id")),
                name="category_not_own_parent",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        parents = dict(Category.objects.values_list("pk", "parent_id"))
        if self.pk and makes_circle(parents, self.pk, self.parent_id):
            raise ValidationError({"parent": _("The category would be part of itself.")})


class Product(models.Model):
    ref = models.CharField(_("reference"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=200)
    category = models.ForeignKey(
        Category, verbose_name=_("category"), related_name="products", on_delete=models.SET_NULL,
        null=True, blank=True,
    )  # fmt: skip
    # Null is unknown: the migration matrix then says so instead of guessing.
    sold_online = models.BooleanField(_("sold on the internet"), null=True, blank=True)
    introduced_on = models.DateField(_("introduced on"), null=True, blank=True)
    unit_cost = models.DecimalField(
        _("unit cost"), max_digits=14, decimal_places=4, null=True, blank=True,
        validators=[MinValueValidator(0)],
        help_text=_("In the reporting currency; empty means unknown, which is not zero."),
    )  # fmt: skip

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")

    def __str__(self) -> str:
        return self.name


class ExchangeRate(models.Model):
    """One unit of ``currency`` in the reporting currency on ``day``; the last rate of at most 7 days counts."""

    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"))
    rate = models.DecimalField(_("rate"), max_digits=18, decimal_places=8, validators=[MinValueValidator(0)])

    class Meta:
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [models.UniqueConstraint(fields=["currency", "day"], name="exchange_rate_day")]

    def __str__(self) -> str:
        return f"{self.currency} {self.day}"


class Order(models.Model):
    client = models.ForeignKey(
        Client, verbose_name=_("client"), related_name="orders", on_delete=models.PROTECT, db_index=False
    )
    ref = models.CharField(_("reference"), max_length=120, unique=True)
    channel = models.CharField(
        _("channel"), max_length=8, blank=True, default="", db_default="",
        choices=[(channel.value, label) for channel, label in CHANNELS.items()],
    )  # fmt: skip
    # Of the lines, by ``sales.totals``: null without lines, the amount also when no rate is known.
    first_day = models.DateField(_("first day"), null=True, editable=False)
    last_day = models.DateField(_("last day"), null=True, editable=False)
    net_cents = models.BigIntegerField(_("net amount"), null=True, editable=False)

    COMPUTED = frozenset({"first_day", "last_day", "net_cents"})
    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        indexes = [
            # The orders of clients in the order of the list, without a look at the table: searches and sorts.
            models.Index(fields=["client", "ref"], name="order_of_client"),
            models.Index(fields=["channel", "ref"], name="order_in_channel"),
            models.Index(fields=["channel", "id"], name="order_by_channel"),
            LargestFirst(fields=["-first_day", "-id"], name="order_by_first_day"),
            LargestFirst(fields=["-last_day", "-id"], name="order_by_last_day"),
            LargestFirst(fields=["-net_cents", "-id"], name="order_by_net"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=[channel.value for channel in Channel]),
                name="order_channel_known",
            )
        ]

    def __str__(self) -> str:
        return self.ref


class OrderLine(models.Model):
    """What was sold or, negative, given back on ``day``. A refund never rewrites a past day."""

    order = models.ForeignKey(Order, verbose_name=_("order"), related_name="lines", on_delete=models.CASCADE)
    day = models.DateField(_("day"))
    position = models.PositiveIntegerField(_("position"))  # within the order and day, from 1
    product = models.ForeignKey(
        Product, verbose_name=_("product"), related_name="lines", on_delete=models.PROTECT,
        null=True, blank=True,
    )  # fmt: skip
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, null=True, blank=True)
    amount_cents = models.BigIntegerField(_("amount"))  # in ``currency``, net of tax and discount
    currency = models.CharField(_("currency"), max_length=3)
    # In the reporting currency at the order day's rate, frozen; null when no rate is known.
    net_cents = models.BigIntegerField(_("net amount"), null=True)
    # The file's own cost of the whole line; null when unknown (then the product's unit cost counts).
    cost_cents = models.BigIntegerField(_("cost"), null=True, blank=True)

    objects = OrderLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        constraints = [models.UniqueConstraint(fields=["order", "day", "position"], name="line_position")]

    def __str__(self) -> str:
        return f"{self.order_id} {self.day} {self.position}"


class ClientDay(models.Model):
    """The rollup: additive sums of one client on one day, in integer cents (kinetics 5).

    ``rc`` and ``cost`` cover the lines whose cost is known or assumed; ``abs_rc`` and ``abs_rev`` are
    Σ |net| of those lines and of all; ``abs_rc_assumed`` is the part of ``abs_rc`` whose cost rests on an
    assumed margin rate. ``online``, ``offline`` and ``no_channel`` are parts of ``rev`` by the way it came in; of what
    is in none of them neither the order's channel nor the product tells the way.
    """

    pk = models.CompositePrimaryKey("client_id", "day")
    client = models.ForeignKey(Client, related_name="days", on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    orders = models.IntegerField()  # orders with at least one sale; 0 on a day of refunds only
    rev = models.BigIntegerField()  # net of refunds
    gross = models.BigIntegerField()  # sales alone
    abs_rev = models.BigIntegerField()  # Σ |net|, the base of the cost coverage
    rc = models.BigIntegerField()
    abs_rc = models.BigIntegerField()
    cost = models.BigIntegerField()
    abs_rc_assumed = models.BigIntegerField()
    online = models.BigIntegerField(default=0, db_default=0)
    offline = models.BigIntegerField(default=0, db_default=0)  # or of a product that is not sold online
    no_channel = models.BigIntegerField(default=0, db_default=0)  # sold online too; how it came is not known

    objects = ClientDayQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["day"], name="client_day_day")]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"


class OnlineDay(models.Model):
    """What a client's orders of a day brought in online for one product, in integer cents: the rollup where it has to
    tell products apart. Lines without a product are in ``ClientDay.online`` alone."""

    pk = models.CompositePrimaryKey("client_id", "day", "product_id")
    client = models.ForeignKey(Client, related_name="+", on_delete=models.CASCADE, db_index=False)
    day = models.DateField()
    # A product goes with its lines, and its days are rebuilt then; a constraint would read all rows for each.
    product = models.ForeignKey(
        Product, related_name="+", on_delete=models.DO_NOTHING, db_index=False, db_constraint=False
    )
    rev = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.client_id} {self.day} {self.product_id}"


class DirtyDay(models.Model):
    """A client's day whose rollup must be rebuilt; written in the transaction of the change itself."""

    pk = models.CompositePrimaryKey("client_id", "day")
    client = models.ForeignKey(Client, related_name="+", on_delete=models.CASCADE, db_index=False)
    day = models.DateField()

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}"
