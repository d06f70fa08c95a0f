"""Which network addresses an audit may dial: public unicast only, in whatever form they are written.

Pure decisions: the resolver's answer comes in, the one address to connect to comes out.
Sources: the IANA special-purpose registries for IPv4 and IPv6; RFC 6052 (NAT64), RFC 3056 (6to4), RFC 4380 (Teredo).
"""

import re
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

NAT64 = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST = IPv6Network("2000::/3")
# In addition to what `is_global` knows: Teredo and the other protocol assignments, 6to4, the documentation
# prefix of 2024, and the relays of 6to4.
REFUSED_V6 = (IPv6Network("2001::/23"), IPv6Network("2002::/16"), IPv6Network("3fff::/20"))
REFUSED_V4 = (IPv4Network("192.88.99.0/24"),)
# 2130706433, 0x7f.1, 0177.0.0.1, 127.1: the C library reads them as addresses.
ODD_NUMBER = re.compile(r"(?:^|\.)(?:0x[0-9a-f]*|[0-9]+)\.?$", re.IGNORECASE)


class Refused(Exception):
    """An address, port or scheme that an audit never dials. ``code`` names the reason."""

    def __init__(self, code: str, what: str) -> None:
        super().__init__(f"{code}: {what}")
        self.code = code
        self.what = what


def networks(written: Sequence[str]) -> tuple[Network, ...]:
    """Networks such as ``127.0.0.0/8``. Raises ``ValueError`` for anything else."""
    return tuple(ip_network(one.strip()) for one in written if one.strip())


def unwrapped(address: Address) -> Address:
    """The IPv4 address within a mapped (``::ffff:a.b.c.d``) or NAT64 one, else the address itself."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _in(address: Address, nets: Sequence[Network]) -> bool:
    return any(net.version == address.version and address in net for net in nets)


def is_public(address: Address) -> bool:
    """Whether the address is one of the open internet, transition forms judged by what they hold."""
    address = unwrapped(address)
    if not address.is_global or address.is_multicast or address.is_reserved or address.is_unspecified:
        return False
    if isinstance(address, IPv4Address):
        return not _in(address, REFUSED_V4)
    return address in GLOBAL_UNICAST and not _in(address, REFUSED_V6)


def is_allowed_locally(address: Address, allow: Sequence[Network]) -> bool:
    """Whether the operator of this installation opened the address's network to audits."""
    return _in(unwrapped(address), allow)


def _parsed(text: str) -> Address:
    try:
        address = ip_address(text)
    except ValueError as error:
        raise Refused("net.refused_address", text) from error
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise Refused("net.refused_address", text)
    return address


def check_host(host: str) -> None:
    """Refuse a number that is no plainly written IPv4 address. ``host`` is without brackets."""
    if ":" in host or not ODD_NUMBER.search(host):
        return
    try:
        IPv4Address(host)
    except ValueError as error:
        raise Refused("net.refused_address", host) from error


def choose(found: Sequence[str], port: int, allow: Sequence[Network] = ()) -> str:
    """The one address to connect to. Raises ``Refused`` when ANY of the found ones is not to be dialled.

    A port other than 80 and 443 needs an address in ``allow``.
    """
    addresses = [_parsed(text) for text in found]
    if not addresses:
        raise Refused("net.no_address", "")
    for address in addresses:
        local = is_allowed_locally(address, allow)
        if not (local or is_public(address)):
            raise Refused("net.refused_address", str(address))
        if port not in (80, 443) and not local:
            raise Refused("net.refused_port", str(port))
    return str(addresses[0])
