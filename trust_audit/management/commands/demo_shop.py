"""Serves the demo shop until interrupted."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from trust_audit.demo_shop import Variant, serving


class Command(BaseCommand):
    help = "Serve an invented shop on 127.0.0.1, to try the audit of a site on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--variant", choices=[one.value for one in Variant], default=Variant.GOOD.value)
        parser.add_argument("--port", type=int, default=8081)
        parser.add_argument(
            "--tls", action="store_true", help="HTTPS with a certificate of an authority of its own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with serving(options["variant"], port=options["port"], tls=options["tls"]) as shop:
            self.stdout.write(f"{shop.url} serves the {shop.variant.value} shop ({shop.page_count} pages)")
            if shop.ca_file:
                self.stdout.write(f"authority to trust: {shop.ca_file}")
            self.stdout.flush()
            try:
                while True:
                    time.sleep(3600)
            except KeyboardInterrupt:
                self.stdout.write("stopped")
