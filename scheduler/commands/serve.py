"""Patrol for ever, from a settings file; metrics, health and observations over HTTP.

Listens on 127.0.0.1:9188 unless the settings say otherwise. SIGTERM ends it within 8 seconds, with everything written.
"""

import argparse
import logging
from importlib import metadata
from pathlib import Path

import msgspec
import uvloop

from crawler.fetch import FetchSettings
from crawler.fetch.resolve import HostsUnreadable, read_hosts
from scheduler.accounts.bridgefile import with_tokens
from scheduler.clock import SystemClock
from scheduler.dispatch.choose import make_dispatch
from scheduler.effective import read_token
from scheduler.errors import Refused
from scheduler.folder import open_folder
from scheduler.logs import json_logs
from scheduler.options import fewer_collections
from scheduler.serving import Serving, revisit_of
from scheduler.settings import Settings, load_settings


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--config", type=Path, required=True, metavar="FILE", help="the settings, a TOML file")


def run(options: argparse.Namespace) -> int:
    path: Path = options.config
    settings = load_settings(path)
    token = read_token(settings, path)
    fetch = _fetch_settings(settings, path)
    folder = open_folder(path.parent / settings.out, "serve", revisit_of(settings))
    listener = json_logs(logging.INFO)
    fewer_collections()
    try:
        serving = Serving(
            folder,
            settings,
            path.parent / settings.register,
            dispatch=make_dispatch(fetch, settings.crawler.workers),
            clock=SystemClock(),
        )
        return uvloop.run(serving.run(token))
    finally:
        listener.stop()
        folder.close()


def _fetch_settings(settings: Settings, path: Path) -> dict[str, FetchSettings]:
    """How to ask, by vantage; the first is where we look from."""
    crawler = settings.crawler
    made = FetchSettings(
        version=metadata.version("xunwang"),
        allow=crawler.allow,
        nameservers=crawler.nameservers,
        second_nameservers=crawler.second_nameservers,
        robots=settings.pace.robots,
        robots_delay_most_s=settings.pace.robots_delay_most,
        bridges=with_tokens(settings.bridges, path),
    )
    if crawler.contact:
        made = msgspec.structs.replace(made, contact=crawler.contact)
    if crawler.hosts:
        file = path.parent / crawler.hosts
        try:
            content = read_hosts(file)
        except HostsUnreadable as error:
            raise Refused(str(error)) from error
        authority = str(file.parent / content["ca"]) if content.get("ca") else None
        made = msgspec.structs.replace(made, hosts=content["hosts"], ca=authority)
    elsewhere = {
        vantage.name: msgspec.structs.replace(made, source_address=vantage.source_address) for vantage in crawler.vantages
    }
    return {crawler.vantage: made, **elsewhere}
