"""What callers are told of an incident before anybody answers: bulletins by district, and who lives where.

All of it is written into the switch beforehand, so it is said, and ends, without us.
"""

import asyncio
import hashlib
import subprocess
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import structlog

from komek.adapters.asterisk import astdb, prompts
from komek.adapters.asterisk.ami import Client
from komek.adapters.asterisk.calling import Try
from komek.adapters.asterisk.layout import LANGUAGES, Folders
from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.rules import Spoken

log = structlog.get_logger("komek.phones")

BULLETIN, DISTRICT = "bulletin", "district"
WHOLE_CITY = "city"
# Where the cards have been read up to, in the switch's own memory: what it has forgotten is told it again.
PROGRESS = ("heart", "cards")
PREFIX = "bulletin-"


class Announcer:
    """Keeps the bulletins and districts of the switch up to date."""

    def __init__(self, client: Client, folders: Folders, speaker: Sequence[str] | None) -> None:
        self.client = client
        self.folders = folders
        # How espeak-ng is started; without one only what the city has recorded is said.
        self.speaker = speaker
        # What each district is told; unknown for a switch that we have just found.
        self._told: dict[str, str] | None = None

    def found(self) -> None:
        """The switch was away, or we were: it may have forgotten, or kept what is over."""
        self._told = None

    async def tell(self, attempt: Try) -> None:
        """Bring the switch up to date; raises AMIError when it is not there."""
        await self._bulletins(attempt)
        await self._districts(attempt)

    async def _bulletins(self, attempt: Try) -> None:
        spoken = await attempt(lambda: knowledge.spoken(now()))
        if spoken is None:
            return
        if self._told is None:
            await astdb.drop(self.client, BULLETIN)
            self._told = {}
        wanted: dict[str, str] = {}
        for one in spoken:
            if file := await asyncio.to_thread(self._record, one):
                for district in one.districts or (WHOLE_CITY,):
                    wanted.setdefault(district, f"{file}|{int(one.until.timestamp())}|{one.code}")
        for district in self._told.keys() - wanted.keys():
            await astdb.drop(self.client, BULLETIN, district)
        for district, what in wanted.items():
            if self._told.get(district) != what:
                await astdb.put(self.client, BULLETIN, district, what)
        self._told = wanted

    def _record(self, bulletin: Spoken) -> str:
        """The name of the sound that says it, in every language; empty when it cannot be said in one of them."""
        # A text that was corrected is another sound: a caller who hears the old one hears it to its end.
        name = PREFIX + hashlib.sha256("\0".join(bulletin.texts.values()).encode()).hexdigest()[:16]
        for language in LANGUAGES:
            path = self.folders.told / language / f"{name}{prompts.ENDING}"
            studio = self.folders.studio / language / f"{PREFIX}{bulletin.code}{prompts.ENDING}"
            if path.exists():
                continue
            try:
                self._say(bulletin, language, path, studio)
            except (OSError, subprocess.CalledProcessError) as failure:
                log.warning("phones_bulletin_not_said", bulletin=bulletin.code, needed=str(studio), why=str(failure))
                return ""
        return name

    def _say(self, bulletin: Spoken, language: str, path: Path, studio: Path) -> None:
        if studio.is_file():
            prompts.put(path, studio.read_bytes())
            return
        if not self.speaker:
            raise FileNotFoundError(studio)
        # Who has chosen a language without a text hears it in the one that there is, by that one's voice.
        voice = language if language in bulletin.texts else next(iter(bulletin.texts))
        prompts.say(bulletin.texts[voice], language=voice, path=path, speaker=self.speaker)

    async def _districts(self, attempt: Try) -> None:
        """Where the last card of each number lies."""
        through = await astdb.get(self.client, *PROGRESS)
        known = await attempt(partial(cards.whereabouts, after=int(through) if through.isdigit() else None, at=now()))
        for one in known or ():
            if one.number and one.district:
                await astdb.put(self.client, DISTRICT, one.number, one.district)
        if known:
            await astdb.put(self.client, *PROGRESS, str(known[-1].card_id))
