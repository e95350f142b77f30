"""Everything that can be wrong with a host or a column, and what a careful human would say of it: one table.

The outcomes and states are those of architecture.md. Where one answer is right, one is listed. The reasons:

* A page that opened and whose list can be read is `ok`, whatever was odd on the way (certificates, lengths, headers).
* A body that was cut keeps what came: it may prove an update, so its list may be read, but need not be. What a browser
  shows although the answer never ends well may be called `ok`.
* `none` means nothing was read of a page; `unknown` that a page was read and not understood. Where the server did give
  a page (an error text, an empty body), either may be said of it.
* A host that cannot be opened trips a breaker, so its columns may also be `inconclusive`; its home page may not.
* A redirect that ends nowhere, in a circle or at an address no citizen can reach, is `redirected`; the address being
  refused as private is `connect`.
* An anti-bot layer that blocks with 403 or 405 is both `challenged` and `blocked` by page-conventions.md §7.
"""

from dataclasses import dataclass
from typing import Final, Literal

Scope = Literal["host", "column"]

LIST: Final = ("list",)
CUT: Final = ("list", "unknown", "none")
NOTHING: Final = ("none",)
NO_CONTENT: Final = ("none", "unknown")
HOST: Final[tuple[Scope, ...]] = ("host",)
COLUMN: Final[tuple[Scope, ...]] = ("column",)
EITHER: Final[tuple[Scope, ...]] = ("host", "column")


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    outcomes, states  what may be said of a target behind it; "list" in `states` stands for the page's own states
    columns_too       further outcomes of its columns, which its home page may not have
    scopes            where a seed may put it
    columns_most      how many columns a host with it has at most, because each of them costs seconds
    costly            a column with it costs so many seconds that it is alone of its kind on a site, and that site has
                      at most so many columns
    tls               the host's addresses begin with https://
    """

    name: str
    why: str
    outcomes: tuple[str, ...]
    states: tuple[str, ...]
    scopes: tuple[Scope, ...] = COLUMN
    columns_too: tuple[str, ...] = ()
    columns_most: int | None = None
    costly: int | None = None
    tls: bool = False

    def allowed(self, home: bool) -> tuple[str, ...]:
        """The outcomes that may be said of the home page or of a column."""
        return self.outcomes if home else self.outcomes + self.columns_too

    def readable(self, home: bool) -> bool:
        """Whether the page's own content, and so its date, may be read behind the fault."""
        return "list" in self.states and (self.states == CUT or "ok" in self.allowed(home))


_TABLE: Final = (
    # connections
    Fault("refused", "connections are refused", ("connect",), NOTHING, HOST, ("inconclusive",)),
    Fault("nxdomain", "the name does not exist", ("dns",), NOTHING, HOST, ("inconclusive",)),
    Fault("reset_early", "reset in the page's head", ("connect", "malformed", "ok"), NO_CONTENT, EITHER, ("inconclusive",), 4),
    Fault("reset_late", "reset after the list", ("ok", "connect", "malformed"), CUT),
    # TLS
    Fault("cert_self_signed", "the certificate is signed by nobody known", ("ok",), LIST, HOST, tls=True),
    Fault("cert_expired", "the certificate expired in 2019", ("ok",), LIST, HOST, tls=True),
    Fault("cert_wrong_host", "the certificate is another host's", ("ok",), LIST, HOST, tls=True),
    Fault("tls10_only", "TLS 1.0 only", ("ok",), LIST, HOST, tls=True),
    Fault("https_broken", "https does not work, http does", ("ok",), LIST, HOST, tls=True),
    # time
    Fault("slow_first_byte", "one to three seconds to the first byte", ("ok",), LIST, EITHER, columns_most=1, costly=12),
    Fault("slow_body", "the body takes two seconds", ("ok",), LIST, costly=12),
    Fault("slow_drip", "one byte a second", ("timeout",), NO_CONTENT, costly=5),
    Fault(
        "sixteen_seconds", "sixteen seconds to the first byte", ("timeout",), ("list", "none"), HOST,
        ("ok", "inconclusive"), 1,
    ),
    # bodies
    Fault("never_ending", "the body never ends, at full speed", ("too_large",), CUT),
    Fault("never_ending_slow", "the body never ends, slowly", ("timeout", "ok"), CUT, costly=5),
    Fault("oversized", "a list of five megabytes", ("too_large",), CUT),
    Fault("gzip_bomb", "a page, then 64 MiB of spaces in gzip", ("too_large",), CUT),
    Fault("br_bomb", "64 MiB of spaces in brotli", ("too_large",), NO_CONTENT),
    Fault("zstd_bomb", "64 MiB of spaces in zstd", ("too_large",), NO_CONTENT),
    Fault("gzip_unasked", "gzip for clients that did not ask for it", ("ok",), LIST),
    Fault("gzip_false", "plain text declared as gzip", ("ok", "malformed"), ("list", "none")),
    Fault("empty_200", "200 with an empty body", ("ok", "soft_404"), NO_CONTENT),
    # HTTP
    Fault("length_short", "Content-Length ends after the list, the body does not", ("ok",), LIST),
    Fault("length_long", "Content-Length is longer than the body", ("ok",), LIST),
    Fault("chunks_unended", "chunked without a last chunk", ("ok",), LIST),
    Fault("duplicate_length", "Content-Length twice", ("ok",), LIST),
    Fault("gbk_header_name", "a header whose name is GBK", ("ok",), LIST),
    Fault("no_colon", "a header line without a colon", ("ok",), LIST),
    Fault("lowercase_version", "http/1.1 in lower case", ("malformed", "ok"), ("list", "none")),
    Fault("garbage", "bytes that are not HTTP", ("malformed",), NOTHING),
    # redirects
    Fault("redirect_loop", "two addresses that redirect to each other", ("redirected",), NOTHING, EITHER, columns_most=3),
    Fault("redirect_private", "a redirect to a private address", ("redirected", "connect"), NOTHING),
    Fault("redirect_registered", "a redirect to another site's column", ("ok", "redirected"), CUT),
    Fault("redirect_parked", "a redirect to a parked domain", ("parked",), NO_CONTENT, EITHER, columns_most=3),
    Fault("location_gbk", "a redirect within the host whose Location is raw GBK", ("ok",), LIST),
    Fault(
        "cookie_redirect", "302 to itself until a cookie comes back", ("ok", "challenged"), ("list", "none"), EITHER,
        columns_most=3,
    ),
    # anti-bot layers
    Fault("challenge_412", "RiverSecurity", ("challenged",), NOTHING, EITHER),
    Fault("challenge_521", "Jiasule", ("challenged",), NOTHING, EITHER),
    Fault("challenge_405", "Aliyun's block page", ("challenged", "blocked"), NOTHING, EITHER),
    Fault("challenge_acw", "Aliyun's script page, 200", ("challenged",), NOTHING),
    Fault("challenge_c3vk", "a C3VK shell, 200", ("challenged",), NOTHING),
    Fault("firewall_403", "a firewall's page, 403", ("blocked", "challenged"), NOTHING, EITHER),
    # pages that are not what was asked for
    Fault("soft_404", "200, 栏目不存在", ("soft_404",), NO_CONTENT),
    Fault("http_404", "404", ("http_error",), NO_CONTENT),
    Fault("http_500", "500", ("http_error",), NO_CONTENT, EITHER, ("inconclusive",), columns_most=5),
    Fault("http_503", "503 with Retry-After", ("http_error",), NO_CONTENT, EITHER, ("inconclusive",), columns_most=2),
    Fault("parked", "the domain is for sale", ("parked",), NO_CONTENT, HOST, columns_most=5),
)  # fmt: skip

FAULTS: Final[dict[str, Fault]] = {row.name: row for row in _TABLE}
