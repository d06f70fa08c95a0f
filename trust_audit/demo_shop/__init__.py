"""An invented shop in three variants, served on loopback: what the probes are tried on, and what the demo audits."""

from trust_audit.demo_shop.server import Shop, serving
from trust_audit.demo_shop.traits import Traits, Variant

__all__ = ["Shop", "Traits", "Variant", "serving"]
