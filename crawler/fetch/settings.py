"""How this house asks: what every crawler process is told when it starts. Travels as msgpack."""

from msgspec import Struct

from crawler.accounts.bridgesettings import BridgeSettings


class FetchSettings(Struct, frozen=True, omit_defaults=True):
    """How this house asks.

    contact             who a site's owner may write to; part of the User-Agent
    allow               CIDR blocks the guard lets through (test networks)
    hosts               (host, port) → (address, port) instead of DNS
    ca                  a PEM file of further certificate authorities
    nameservers         `address` or `address:port`; the system's where empty
    second_nameservers  who must agree that a name does not exist; the system's second one where both are empty
    connect_s           the longest that name, connection and TLS handshake may take together; never more than two thirds
                        of an ask's deadline, so that the other scheme has its turn
    robots              honour robots.txt (crawler/robots.py)
    robots_delay_most_s the longest Crawl-delay that is kept, in seconds
    source_address      connections leave from this address of ours, which decides their way out (a vantage point); hosts
                        without an address of its family cannot be asked. Names are resolved as ever
    bridges             programs of ours that tell of accounts, with their tokens; never printed
    """

    contact: str = "https://github.com/xunwang/xunwang"
    version: str = "0"
    allow: tuple[str, ...] = ()
    hosts: dict[str, dict[str, tuple[str, int]]] | None = None
    ca: str | None = None
    deadline_s: float = 30.0
    cap: int = 2 * 1024 * 1024
    nameservers: tuple[str, ...] = ()
    second_nameservers: tuple[str, ...] = ()
    connect_s: float = 10.0
    robots: bool = False
    robots_delay_most_s: float = 10.0
    source_address: str | None = None
    bridges: tuple[BridgeSettings, ...] = ()

    @property
    def user_agent(self) -> str:
        return f"Mozilla/5.0 (compatible; xunwang/{self.version}; +{self.contact})"
