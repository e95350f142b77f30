"""One table over the closed outcomes: what each means, what it may prove, its closed reasons, and how to mend it.

availability  what a home page's outcome says about W2 ("cannot be opened within 15 s")
                opens     the site was there
                fails     may count as "cannot be opened"
                review    goes to a person's list; a rule file may count it
                coverage  nothing was learned: lowers coverage, counts for nobody and against nobody
freshness     what a column's outcome says about its last update
                reads     the reading holds
                review    goes to a person's list
                coverage  nothing was learned
reasons       reason -> one line for a person. Names of signatures come from their tables.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from types import MappingProxyType
from typing import Final, Literal

from crawler.records import Outcome

Availability = Literal["opens", "fails", "review", "coverage"]
Freshness = Literal["reads", "review", "coverage"]


@dataclass(frozen=True, slots=True)
class Meaning:
    """One outcome. The remedies are one sentence each, written to the owner of the site or account."""

    outcome: Outcome
    meaning: str
    availability: Availability
    freshness: Freshness
    reasons: Mapping[str, str]
    remedy_zh: str
    remedy_en: str


_TABLES: Final = (("fetch/signatures.toml", "signature"), ("accounts/states.toml", "state"))
_SIGNED: Final[tuple[dict[str, str], ...]] = tuple(
    row for path, key in _TABLES for row in tomllib.loads(files("crawler").joinpath(path).read_text(encoding="utf-8"))[key]
)


def _signed(outcome: Outcome, more: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The reasons of an outcome that the tables of signatures give, and `more`."""
    named = {row["name"]: row["what"] for row in _SIGNED if row["outcome"] == outcome}
    return MappingProxyType(named | dict(more or {}))


_ROWS: Final = (
    Meaning(
        "ok",
        "The page was opened and is what was asked for.",
        "opens",
        "reads",
        MappingProxyType({}),
        "无需处理。",
        "Nothing to do.",
    ),
    Meaning(
        "challenged",
        "A browser check, captcha or rate limit stood in the way; visitors may well get through.",
        "coverage",
        "coverage",
        _signed("challenged"),
        "请在防护系统中将巡检地址列入白名单，以便如实核查更新情况。",
        "Put the inspector's address on your protection system's allow list, so that updates can be seen as they are.",
    ),
    Meaning(
        "blocked",
        "A firewall shut this inspector out; visitors may well get through.",
        "coverage",
        "coverage",
        _signed("blocked"),
        "请在防火墙中放行巡检地址，并确认普通访客未被误拦。",
        "Let the inspector's address through your firewall, and make sure that ordinary visitors are not shut out.",
    ),
    Meaning(
        "soft_404",
        "Answered as if all were well, but the page says that nothing is there.",
        "review",
        "review",
        _signed("soft_404"),
        "请恢复该页面，或在名录中登记其新地址，并让不存在的页面返回404状态码。",
        "Restore the page or register its new address, and let missing pages answer with status 404.",
    ),
    Meaning(
        "http_error",
        "The server answered with an error status.",
        "review",
        "review",
        MappingProxyType(
            {
                "not_found": "404",
                "gone": "410",
                "unauthorized": "401",
                "forbidden": "403 without a firewall's text",
                "method_not_allowed": "405 without a firewall's text",
                "legal_reasons": "451",
                "client_error": "another 4xx",
                "server_error": "500 or another 5xx",
                "bad_gateway": "502",
                "unavailable": "503",
                "gateway_timeout": "504",
                "other_status": "1xx, a 3xx that leads nowhere, or a number outside 100..599",
            }
        ),
        "请检查服务器与该地址，排除错误后使其正常返回页面，或在名录中更正地址。",
        "Check the server and this address until the page is answered normally, or correct the address in the register.",
    ),
    Meaning(
        "redirected",
        "Redirects did not lead to the page.",
        "review",
        "review",
        MappingProxyType(
            {
                "loop": "the same address again",
                "too_many": "more than five hops",
                "private_address": "to an address inside somebody's network",
                "foreign": "away from the site",
                "home": "every page leads to the home page",
                "no_location": "a redirect that does not say where to",
                "bad_location": "a redirect to something that is no web address",
            }
        ),
        "请修正跳转设置，使登记的地址直接打开对应页面，或在名录中更新地址。",
        "Mend the redirects so that the registered address opens its page, or update the address in the register.",
    ),
    Meaning(
        "timeout",
        "No complete answer within the time allowed.",
        "fails",
        "coverage",
        MappingProxyType(
            {
                "connect": "no connection in time",
                "tls": "no finished TLS handshake in time",
                "first_byte": "connected, but no answer in time",
                "body": "the answer began but did not end in time",
                "deadline": "all steps together took too long",
            }
        ),
        "请提升服务器与网络的响应能力，确保页面在15秒内打开。",
        "Make the server and its network fast enough for the page to open within 15 seconds.",
    ),
    Meaning(
        "dns",
        "The host name does not exist: two resolvers agree.",
        "fails",
        "coverage",
        MappingProxyType({"nxdomain": "no such name"}),
        "请检查域名是否过期及解析记录是否正确；域名变更的，请及时更新名录。",
        "See whether the domain has expired and its records are right; if the domain changed, update the register.",
    ),
    Meaning(
        "connect",
        "No connection to the server.",
        "fails",
        "coverage",
        MappingProxyType(
            {
                "refused": "nothing listens there",
                "reset": "the connection was cut",
                "closed": "the server hung up without an answer",
                "unreachable": "no way to the host",
            }
        ),
        "请检查服务器、端口和网络是否正常，确保公众可以访问。",
        "Check that the server, its port and its network are up and open to the public.",
    ),
    Meaning(
        "tls",
        "No encrypted connection, for a cause that is the server's.",
        "fails",
        "coverage",
        MappingProxyType(
            {
                "handshake_failed": "the server broke the handshake off",
                "protocol": "what answers there does not speak TLS, or none we share",
                "closed": "the server hung up during the handshake",
                "certificate": "the certificate cannot be read at all",
            }
        ),
        "请更新HTTPS配置和证书，启用TLS 1.2以上版本。",
        "Renew the HTTPS settings and the certificate, and offer TLS 1.2 or newer.",
    ),
    Meaning(
        "malformed",
        "The answer breaks the rules of HTTP so far that it cannot be read.",
        "review",
        "coverage",
        MappingProxyType(
            {
                "http": "no HTTP answer",
                "header": "headers that cannot be read",
                "content_length": "a length that contradicts itself or the body",
                "chunked": "broken chunks",
                "encoding": "a compressed body that cannot be unpacked",
            }
        ),
        "请修正服务器或中间设备的响应格式，使浏览器以外的程序也能读取。",
        "Mend the answers of the server or of the device before it, so that programs other than browsers can read them.",
    ),
    Meaning(
        "too_large",
        "The answer is larger than is read.",
        "opens",
        "coverage",
        MappingProxyType({"body": "more than the byte cap", "header": "more headers than are read"}),
        "请精简页面，列表页请分页显示。",
        "Make the page smaller, and split long lists into pages.",
    ),
    Meaning(
        "parked",
        "A domain seller's or host's page stands in place of the site.",
        "review",
        "review",
        _signed("parked"),
        "请立即核实域名归属并续费或注销，在名录中更正地址。",
        "Find out at once who holds the domain, renew it or give it up properly, and correct the register.",
    ),
    Meaning(
        "not_observable",
        "The platform shows no public view of this account's last update.",
        "coverage",
        "coverage",
        MappingProxyType(
            {
                "no_public_view": "the platform has no public page for it",
                "no_dates": "its public page shows no dates",
                "login_needed": "only visible when logged in",
                "signed_requests": "the platform answers its own programs only",
                "no_bridge": "needs a feed or an operator's report, and none is set up",
            }
        ),
        "请通过信息报送接口或自建订阅源提供最近更新时间及链接。",
        "Report the last update with its link, or let the inspector read a feed of your own.",
    ),
    Meaning(
        "inconclusive",
        "The trouble may be ours or is temporary, so nothing is said.",
        "coverage",
        "coverage",
        _signed(
            "inconclusive",
            {
                "breaker_open": "the host was down just now and was not asked again",
                "retry_after": "the host asked to be left alone for a while",
                "servfail": "the name server is in trouble",
                "resolver": "our resolver did not answer",
                "no_address": "the name exists but has no address",
                "not_confirmed": "the second resolver did not agree or was silent",
                "unsupported_cipher": "the server offers only ciphers we do not have",
                "guomi": "the server speaks only 国密 TLS",
                "address_forbidden": "the name leads to an address that is not asked",
                "bad_url": "the address cannot be asked",
                "robots": "robots.txt keeps this page from us",
                "stopping": "the crawler was being stopped",
                "deadline": "the round ended first",
                "loop_lag": "our own program was too slow",
                "queue_delay": "our own queue was too long",
                "canary": "our own network was in trouble",
                "vantage": "it could be opened from elsewhere, or nobody there could tell",
                "local_network": "our own machine has no way out, or no sockets left",
                "bridge_sick": "the feed bridge did not work",
            },
        ),
        "无需处理，系统将自动复查。",
        "Nothing to do; it will be looked at again.",
    ),
    Meaning(
        "internal",
        "The crawler itself failed.",
        "coverage",
        "coverage",
        MappingProxyType(
            {
                "crash": "an error in the crawler",
                "worker_died": "two crawlers died on this visit",
                "deadline": "the crawler gave no answer in time",
            }
        ),
        "无需处理，请向巡检系统维护人员反馈。",
        "Nothing to do for the site; tell those who run the inspector.",
    ),
)

OUTCOMES: Final[Mapping[Outcome, Meaning]] = MappingProxyType({row.outcome: row for row in _ROWS})

OURS: Final = frozenset(
    {("internal", reason) for reason in ("crash", "worker_died", "deadline")}
    | {
        ("inconclusive", reason)
        for reason in ("resolver", "stopping", "deadline", "loop_lag", "queue_delay", "canary", "local_network", "bridge_sick")
    }
)
"""(outcome, reason) of looks that read nothing for a cause of our own: it hits everybody at once."""


def valid_reason(outcome: Outcome, reason: str | None) -> bool:
    """Is `reason` one of the outcome's closed reasons? `ok` has none, and every other outcome must give one."""
    row = OUTCOMES.get(outcome)
    if row is None:
        return False
    return reason in row.reasons if row.reasons else reason is None
