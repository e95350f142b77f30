"""Hosts behind TLS: good ones verify, each bad one fails for its own reason, and all can be read by who insists."""

import ssl
import warnings
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from province import Province
from province.certificates import LEGACY_CIPHERS, Certificates
from province.files import WECHAT
from province.model import Site
from tests.province.client import NOW, ask, running


@pytest.fixture
async def province(tmp_path: Path) -> AsyncIterator[Province]:
    async with running(Province(60, 1, 3, 1, True, NOW)) as made:
        made.write(tmp_path)
        yield made


@pytest.fixture
def verified(province: Province, tmp_path: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=tmp_path / "ca.pem")


def permissive() -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    made.set_ciphers(LEGACY_CIPHERS)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        made.minimum_version = ssl.TLSVersion.TLSv1
    return made


def behind(province: Province, fault: str | None) -> Site:
    return next(site for site in province.plan.sites if site.fault == fault and site.scheme == "https")


async def test_a_good_host_verifies_against_the_provinces_authority(province: Province, verified: ssl.SSLContext) -> None:
    for site in province.plan.sites:
        if site.scheme == "https" and site.fault is None:
            assert (await ask(province, site.host, port="443", tls=verified)).status == 200


@pytest.mark.parametrize(
    ("fault", "codes"), [("cert_self_signed", (18, 19, 20)), ("cert_expired", (10,)), ("cert_wrong_host", (62,))]
)
async def test_a_bad_certificate_fails_for_its_own_reason(
    fault: str, codes: tuple[int, ...], province: Province, verified: ssl.SSLContext
) -> None:
    site = behind(province, fault)
    with pytest.raises(ssl.SSLCertVerificationError) as caught:
        await ask(province, site.host, port="443", tls=verified)
    assert caught.value.verify_code in codes


@pytest.mark.parametrize("fault", ["cert_self_signed", "cert_expired", "cert_wrong_host", "tls10_only"])
async def test_who_insists_reads_the_page_behind_bad_tls(fault: str, province: Province) -> None:
    site = behind(province, fault)
    seen = await ask(province, site.host, site.columns[0].path, port="443", tls=permissive())
    page = province.renderer.page(site, site.columns[0].path)
    assert page is not None
    assert seen.body == page.body


async def test_tls_1_0_is_all_that_an_old_host_speaks(province: Province) -> None:
    site = behind(province, "tls10_only")
    modern = permissive()
    modern.minimum_version = ssl.TLSVersion.TLSv1_2
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await ask(province, site.host, port="443", tls=modern)


async def test_hosts_with_bad_tls_answer_nothing_over_http(province: Province) -> None:
    with pytest.raises(ConnectionRefusedError):
        await ask(province, behind(province, "cert_expired").host, port="80")


async def test_a_host_whose_https_is_broken_answers_over_http(province: Province) -> None:
    site = behind(province, "https_broken")
    with pytest.raises(ssl.SSLError):
        await ask(province, site.host, port="443", tls=permissive())
    assert (await ask(province, site.host, port="80")).status == 200


async def test_a_good_host_can_be_given_a_bad_certificate_and_its_own_back(
    province: Province, verified: ssl.SSLContext
) -> None:
    site = behind(province, None)
    province.break_host(site.host, "cert_expired")
    with pytest.raises(ssl.SSLCertVerificationError):
        await ask(province, site.host, port="443", tls=verified)
    province.mend_host(site.host)
    assert (await ask(province, site.host, port="443", tls=verified)).status == 200


async def test_wechat_is_served_over_verified_tls(province: Province, verified: ssl.SSLContext) -> None:
    account = province.plan.accounts[0]
    assert (await ask(province, WECHAT, account.path, port="443", tls=verified)).status == 200


async def test_a_plain_province_makes_no_certificates(tmp_path: Path) -> None:
    made = (Province(1, 1, 0, seed, faults=False, now=NOW) for seed in range(50))
    province = next(each for each in made if each.plan.sites[0].scheme == "http")
    async with running(province):
        province.write(tmp_path)
    assert not (tmp_path / "ca.pem").exists()


def test_without_trustme_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    with pytest.raises(RuntimeError, match="pip install trustme"):
        Certificates()
