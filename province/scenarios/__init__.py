"""Provinces that are made, not drawn: every site, column and account as a scenario says, with the days it published on.

    scene = Scene(sites, sections, accounts)
    stage = Stage(scene, clock)          # pages at the clock's moment, on loopback
    await stage.start(); stage.hosts(); write_register(scene, folder); write_reports(scene, moment, path); stage.close()

A page shows what was published up to the moment it is asked for, so one scene can be looked at in June and again in September.
"""

from province.scenarios.model import Account, Bridge, Column, Scene, Section, Site
from province.scenarios.rhythm import NEVER, Diary, Published, Rhythm
from province.scenarios.stage import Stage
from province.scenarios.tables import write_register, write_reports

__all__ = [
    "NEVER",
    "Account",
    "Bridge",
    "Column",
    "Diary",
    "Published",
    "Rhythm",
    "Scene",
    "Section",
    "Site",
    "Stage",
    "write_register",
    "write_reports",
]
