"""What the clients were told, held against what is there: by SQL and by reading files, with none of the city's code.

Everything that was promised is there exactly once. What was asked for without an answer is there once or not at all, and
whole. What was refused is not there. Nothing else is there.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from PIL import Image

from chaos import journal
from chaos.clients import seen
from chaos.screens import Screen

EXAMPLES = 5
# Damm's quasigroup, as published.
_DAMM = ("0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
         "3674209581", "5869720134", "8945362017", "9438617205", "2581436790")  # fmt: skip


class Findings:
    """What is wrong, a few of each kind by name."""

    def __init__(self) -> None:
        self._found: dict[str, list[str]] = defaultdict(list)
        self._counts: Counter[str] = Counter()

    def add(self, what: str, which: object) -> None:
        self._counts[what] += 1
        if len(self._found[what]) < EXAMPLES:
            self._found[what].append(str(which))

    def told(self) -> list[str]:
        return [f"{what}: {self._counts[what]} ({'; '.join(which)})" for what, which in self._found.items()]


class Told:
    """The journal, sorted by what was promised."""

    def __init__(self, path: Path) -> None:
        self.lines: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for line in journal.read(path):
            self.lines[line["line"], line["kind"]].append(line)

    def __call__(self, kind: str) -> list[dict[str, Any]]:
        return self.lines["told", kind]

    def sent(self, kind: str) -> list[dict[str, Any]]:
        return self.lines["sent", kind]

    def refused(self, kind: str) -> list[dict[str, Any]]:
        return self.lines["refused", kind]


def check(
    path: Path, connection: psycopg.Connection[Any], files: Path, screens: Sequence[Screen]
) -> tuple[list[str], dict[str, int]]:
    """Everything that is wrong, and how much was looked at."""
    told, findings = Told(path), Findings()
    ask = _asking(connection)
    for part in (_cards, _requests, _numbers, _messages, _drafts, _reports, _ends, _effects, _facts):
        part(told, ask, findings)
    looked = _files(told, ask, files, findings)
    counts = {kind: len(told(kind)) for _, kind in list(told.lines) if told(kind)}
    counts |= {"files read": looked, "screen events": sum(len(screen.heard) for screen in screens)}
    _screens(screens, ask, findings)
    return findings.told(), counts


Ask = Callable[..., list[tuple[Any, ...]]]


def _asking(connection: psycopg.Connection[Any]) -> Ask:
    def ask(query: str, *values: object) -> list[tuple[Any, ...]]:
        return connection.execute(query, values or None).fetchall()

    return ask


def _cards(told: Told, ask: Ask, findings: Findings) -> None:
    """Each promised card exactly once under its number, word for word; each asked-for one at most once; no others."""
    by_text: dict[str, list[str]] = defaultdict(list)
    by_number: dict[str, list[str]] = defaultdict(list)
    for number, text in ask("SELECT number, text FROM cards_card"):
        by_text[text].append(number)
        by_number[number].append(text)
    for line in told("card"):
        if "number" in line and by_number.get(line["number"]) != [line["text"]]:
            findings.add("promised cards that are not there under their number", line)
        if len(by_text.get(line["text"], ())) != 1:
            findings.add("promised cards that are not there exactly once", (line, by_text.get(line["text"])))
    _unpromised(told, by_text, findings)


def _unpromised(told: Told, by_text: dict[str, list[str]], findings: Findings) -> None:
    for line in told.sent("card"):
        if len(by_text.get(line["text"], ())) > 1:
            findings.add("requests that made more than one card", (line, by_text[line["text"]]))
    for line in told.refused("card"):
        if line["text"] in by_text:
            findings.add("refused requests that made a card", line)
    known = {line["text"] for line in told.sent("card")}
    for text, numbers in by_text.items():
        if text not in known:
            findings.add("cards that nobody asked for", (numbers, text))


def _requests(told: Told, ask: Ask, findings: Findings) -> None:
    """One key, one conversation, one contact, one card; and the answer that is kept is the one that was given."""
    for row in ask(
        """SELECT outer_id, count(DISTINCT talk.id), count(DISTINCT contact.id), count(DISTINCT card.id)
           FROM channels_conversation talk
           LEFT JOIN intake_contact contact ON contact.conversation_id = talk.id
           LEFT JOIN cards_card card ON card.contact_id = contact.id
           WHERE talk.channel IN ('api', 'webform') GROUP BY talk.channel, talk.partner_id, outer_id
           HAVING (count(DISTINCT talk.id), count(DISTINCT contact.id), count(DISTINCT card.id)) <> (1, 1, 1)"""
    ):
        findings.add("keys without exactly one conversation, contact and card", row)
    kept = defaultdict(list)
    for key, status, number in ask("SELECT key, status, response->>'number' FROM platform_idempotency"):
        kept[key].append((status, number))
    for line in told("card"):
        if line["way"] == "api" and kept.get(f"contact:{line['key']}") != [(201, line["number"])]:
            findings.add("kept answers that are not what was told", (line, kept.get(f"contact:{line['key']}")))


def _numbers(_: Told, ask: Ask, findings: Findings) -> None:
    for (number,) in ask("SELECT number FROM cards_card"):
        state = 0
        for digit in number.replace("-", ""):
            state = int(_DAMM[state][int(digit)])
        if state:
            findings.add("numbers with a wrong check digit", number)


def _messages(told: Told, ask: Ask, findings: Findings) -> None:
    """What a resident added is there once, in their conversation; what was not answered, at most once."""
    there: dict[tuple[str, str], list[tuple[int, str]]] = defaultdict(list)
    for number, outer_id, message_id, text in ask(
        """SELECT card.number, message.outer_id, message.id, message.text
           FROM channels_message message JOIN cards_card card ON card.conversation_id = message.conversation_id
           WHERE message.outer_id LIKE 'more-%'"""
    ):
        there[number, outer_id].append((message_id, text))
    for line in told("message"):
        if there.get((line["number"], line["outer_id"])) != [(line["id"], line["text"])]:
            findings.add("promised messages that are not there exactly once", line)
    for line in told.sent("message"):
        if len(there.get((line["number"], line["outer_id"]), ())) > 1:
            findings.add("messages that are there more than once", line)


def _drafts(told: Told, ask: Ask, findings: Findings) -> None:
    """The draft that was promised, or a newer one; and every revision was announced once."""
    newest: dict[int, dict[str, Any]] = {}
    for line in told("draft"):
        if line["revision"] >= newest.get(line["contact"], line)["revision"]:
            newest[line["contact"]] = line
    kept = {
        contact: (revision, data)
        for contact, revision, data in ask("SELECT contact_id, revision, data FROM intake_draft")
    }
    for contact, line in newest.items():
        revision, data = kept.get(contact, (-1, None))
        if revision < line["revision"] or (revision == line["revision"] and data != line["data"]):
            findings.add("promised drafts that are lost", (line, revision, data))
    for contact, revisions in ask(
        """SELECT data->>'contact_id', array_agg((data->>'revision')::int ORDER BY id)
           FROM platform_fact WHERE name = 'intake.DraftSaved' GROUP BY 1"""
    ):
        if revisions != list(range(1, len(revisions) + 1)):
            findings.add("drafts saved more than once under one revision", (contact, revisions))
    ended = {contact for (contact,) in ask("SELECT id FROM intake_contact WHERE state = 'ended'")}
    for line in told("wrapped_up"):
        if line["contact"] not in ended:
            findings.add("wrapped-up contacts that are not over", line)


def _reports(told: Told, ask: Ask, findings: Findings) -> None:
    there = defaultdict(list)
    for key, order, text in ask("SELECT key, order_id, text FROM workorders_report"):
        there[key].append((order, text))
    for line in told("report"):
        if there.get(line["key"]) != [(line["order"], line["text"])]:
            findings.add("promised reports that are not there exactly once", (line, there.get(line["key"])))
    for line in told.sent("report"):
        if len(there.get(line["key"], ())) > 1:
            findings.add("reports that are there more than once", line)


def _ends(told: Told, ask: Ask, findings: Findings) -> None:
    closed: dict[str, int] = dict(
        ask(
            """SELECT number, count(*) FROM cards_card card JOIN cards_entry entry ON entry.card_id = card.id
               WHERE entry.verb = 'closed' AND card.status = 'closed' GROUP BY 1"""
        )
    )
    for line in told("closed"):
        if closed.get(line["number"]) != 1:
            findings.add("cards that were closed, but not exactly once", (line, closed.get(line["number"])))
    confirmed: dict[str, int] = dict(
        ask(
            """SELECT number, count(*) FROM feedback_survey survey JOIN cards_card card ON card.id = survey.card_id
               WHERE survey.answer = 'confirmed' AND survey.score = 5 GROUP BY 1"""
        )
    )
    for line in told("confirmed"):
        if confirmed.get(line["number"]) != 1:
            findings.add("confirmations that are not there exactly once", line)


def _effects(told: Told, ask: Ask, findings: Findings) -> None:
    """Jobs, by what they have done: each resident was told of each occasion once, and asked once."""
    for what, query in (
        (
            "occasions of which a resident was told twice",
            "SELECT card_id, occasion, count(*) FROM feedback_notice GROUP BY 1, 2 HAVING count(*) > 1",
        ),
        (
            "messages that were said twice under one key",
            "SELECT key, count(*) FROM channels_message WHERE key IS NOT NULL GROUP BY 1 HAVING count(*) > 1",
        ),
        (
            "notices whose message was never sent",
            """SELECT notice.id, message.state FROM feedback_notice notice
               JOIN channels_message message ON message.id = notice.message_id WHERE message.state NOT IN ('sent', 'kept')""",
        ),
        (
            "surveys that were made twice for one round",
            "SELECT card_id, round, count(*) FROM feedback_survey GROUP BY 1, 2 HAVING count(*) > 1",
        ),
        (
            "closed cards whose resident was not asked exactly once",
            """SELECT number, count(survey.id) FROM cards_card card LEFT JOIN feedback_survey survey ON survey.card_id = card.id
               WHERE card.status = 'closed' AND card.channel IN ('api', 'webform') GROUP BY 1 HAVING count(survey.id) <> 1""",
        ),
        (
            # What goes by the clock is not among them: its next time makes good for one that failed.
            "jobs that failed for good",
            "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'failed' AND queue_name = 'default'",
        ),
    ):
        for row in ask(query):
            findings.add(what, row)
    noticed: dict[str, Counter[str]] = defaultdict(Counter)
    for number, moment, count in ask(
        "SELECT number, moment, count(*) FROM feedback_notice JOIN cards_card card ON card.id = card_id GROUP BY 1, 2"
    ):
        noticed[number][moment] = count
    for line in told("card"):
        if line["way"] == "desk":
            # Who is on the line hears the number by voice.
            continue
        wanted = {"registered": 1} if line["routed"] else {"received": 1}
        had = {moment: noticed[line["number"]][moment] for moment in wanted}
        if had != wanted:
            findings.add("residents who were not told exactly once", (line["number"], had))


def _facts(_: Told, ask: Ask, findings: Findings) -> None:
    """What happened was announced, once."""
    for what, query in (
        (
            "cards that were not announced exactly once",
            """SELECT number, count(fact.id) FROM cards_card card LEFT JOIN platform_fact fact
               ON (fact.data->>'card_id')::bigint = card.id AND fact.name IN ('cards.CardRegistered', 'cards.CardReceived')
               GROUP BY 1 HAVING count(fact.id) <> 1""",
        ),
        (
            "assignments that were not announced exactly once",
            """SELECT assignment.id, count(fact.id) FROM routing_assignment assignment LEFT JOIN platform_fact fact
               ON (fact.data->>'assignment_id')::bigint = assignment.id AND fact.name = 'routing.CardRouted'
               GROUP BY 1 HAVING count(fact.id) <> 1""",
        ),
        (
            "reports that were not announced exactly once",
            """SELECT report.order_id, count(fact.id) FROM workorders_report report LEFT JOIN platform_fact fact
               ON (fact.data->>'order_id')::bigint = report.order_id AND fact.name = 'workorders.WorkReported'
               GROUP BY 1 HAVING count(fact.id) <> count(DISTINCT report.id)""",
        ),
        ("facts that nobody has counted", "SELECT follower, count(*) FROM platform_unread GROUP BY 1"),
    ):
        for row in ask(query):
            findings.add(what, row)


def _files(told: Told, ask: Ask, folder: Path, findings: Findings) -> int:
    """Every file is in the store as the register says, and every promised one belongs to its card, once."""
    pictures: dict[str, str] = {}
    rows = ask("SELECT DISTINCT sha256, size, kind FROM platform_storedfile")
    for sha256, size, kind in rows:
        path = folder / sha256[:2] / sha256[2:4] / sha256
        if not path.is_file():
            findings.add("files that are not in the store", sha256)
            continue
        content = path.read_bytes()
        if len(content) != size or hashlib.sha256(content).hexdigest() != sha256:
            findings.add("files that are not what was stored", sha256)
        elif kind == "image":
            with Image.open(path) as picture:
                pictures[sha256] = seen(picture)
    attached: dict[str, Counter[str]] = defaultdict(Counter)
    for number, sha256 in ask(
        """SELECT card.number, file.sha256 FROM channels_attachment attachment
           JOIN platform_storedfile file ON file.id = attachment.file_id
           JOIN channels_message message ON message.id = attachment.message_id
           JOIN cards_card card ON card.conversation_id = message.conversation_id"""
    ):
        attached[number][sha256] += 1
        attached[number][pictures.get(sha256, "")] += 1
    _promised(told("file"), "sha256", attached, findings)
    _promised(told("photo"), "pixels", attached, findings)
    for line in told.sent("file"):
        if attached[line["number"]][line["sha256"]] > 1:
            findings.add("files that are there more than once", line)
    proofs = Counter(
        (key, pictures.get(sha256))
        for key, sha256 in ask(
            """SELECT report.key, file.sha256 FROM workorders_proof proof
               JOIN workorders_report report ON report.id = proof.report_id
               JOIN platform_storedfile file ON file.id = proof.file_id"""
        )
    )
    for line in told("report"):
        if proofs[line["key"], line["pixels"]] != 1:
            findings.add("proofs that are not there exactly once", line)
    return len(rows)


def _promised(
    lines: Iterable[dict[str, Any]], mark: str, attached: dict[str, Counter[str]], findings: Findings
) -> None:
    for line in lines:
        if attached[line["number"]][line[mark]] != 1:
            findings.add("promised files that are not with their card exactly once", line)


def _screens(screens: Sequence[Screen], ask: Ask, findings: Findings) -> None:
    """For each screen and each of its topics: the last fact that touches it was heard of, or everything was read again."""
    for screen in screens:
        for topic, last in _last_facts(ask, screen):
            heard = [event for event in screen.heard if topic in event.topics or event.name == "resync"]
            if not any(event.id >= last for event in heard):
                newest = max((event.id for event in heard), default=None)
                findings.add(
                    "screens that show what is over", f"{screen.title}: {topic} changed by fact {last}, heard {newest}"
                )


def _last_facts(ask: Ask, screen: Screen) -> Iterator[tuple[str, int]]:
    for topic, last in ask(
        """SELECT topic, max(id) FROM platform_fact, unnest(topics) AS topic
           WHERE id > %s AND topic = ANY(%s) GROUP BY 1""",
        screen.since,
        sorted(screen.topics),
    ):
        yield str(topic), int(last)
