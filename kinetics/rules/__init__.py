"""Rules of the five indicators. Pure: numpy and scipy, no Django, no clock, no I/O."""

RULE_VERSION = "kinetics-1"
