"""What the supervisor and the knowledge editor find on their desks: contacts reviewed, searches in vain, odd articles."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.utils.timezone import localdate

from komek.desks.console.demo.stage import Stage
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Role
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge import queries as knowledge_queries
from komek.rooms.knowledge.rules import ArticleDraft, Text, UnknownArticle
from komek.rooms.quality import actions as quality
from komek.rooms.quality import queries
from komek.rooms.quality.rules import CRITERIA

REVIEWS = 12
# What people ask for and no article answers: language, words, how often in the last days.
SEARCHED = (
    ("kk", "ипотека 7-20-25 кезегі", 9),
    ("ru", "субсидия на газовый котёл", 7),
    ("kk", "шырша алаңы қайда", 6),
    ("ru", "прописка онлайн", 5),
    ("kk", "велосипед жолы", 3),
    ("en", "lost foreign passport", 2),
    ("ru", "вывоз снега платно", 2),
)
COMMENTS = (
    "",
    "Жақсы сөйлестіңіз. Мекенжайды қайталап сұрауды ұмытпаңыз.",
    "Хорошо объяснили сроки. Тему можно было выбрать точнее.",
    "Сценарийдің үшінші қадамы айтылмай қалды.",
)


def fill(stage: Stage, *, at: datetime) -> None:
    """Leave what such desks have on an ordinary day; where it is already, nothing is added."""
    for draft in _articles(at):
        try:
            knowledge_queries.whole(draft.code)
        except UnknownArticle:
            knowledge.publish(draft, by=None, at=at)
    if not knowledge_queries.missed(localdate(at) - timedelta(days=90)):
        for language, words, times in SEARCHED:
            for number in range(times):
                knowledge.note_missed(words, language=language, at=at - timedelta(days=number % 5, minutes=number))
    reviewers = list(staff.agents(role=Role.SUPERVISOR))
    if reviewers and not queries.averages(at - timedelta(days=30), at + timedelta(days=1)).reviews:
        _review(stage, reviewers, at=at)


def _review(stage: Stage, reviewers: list[Any], *, at: datetime) -> None:
    chance: Random = stage.dice.of("reviews")
    for contact in queries.sample(at - timedelta(days=3), at - timedelta(hours=12), limit=REVIEWS):
        answers = {
            name: chance.choices(("yes", "partly", "no"), (12, 3, 1))[0] for name in CRITERIA if name != "script"
        }
        quality.review(
            contact.pk,
            answers=answers,
            comment=chance.choice(COMMENTS),
            revision=0,
            by=chance.choice(reviewers),
            at=at - timedelta(hours=chance.randrange(1, 10)),
        )


def _articles(at: datetime) -> Iterable[ArticleDraft]:
    """One that ends soon and is not in English yet, and one whose time is over."""
    today = localdate(at)
    yield ArticleDraft(
        code="KB-046",
        owner="SELF",
        seasons=("winter",),
        valid_from=today - timedelta(days=20),
        valid_to=today + timedelta(days=9),
        texts=(
            Text(
                "kk",
                "Көшпелі халыққа қызмет көрсету күндері",
                "ХҚКО көлігі осы аптада шеткі тұрғын алаптарға барады.\n\n1. Аялдамасы мен уақытын оператор айтады.\n"
                "2. Жеке куәлігіңізді ала келіңіз.\n3. Құжат беру кезекпен жүреді, алдын ала жазылу қажет емес.",
                "көшпелі хқко, цон көлігі",
            ),
            Text(
                "ru",
                "Дни выездного обслуживания",
                "Автобус ЦОНа на этой неделе приезжает в отдалённые жилые массивы.\n\n1. Остановку и время назовёт "
                "оператор.\n2. Возьмите удостоверение личности.\n3. Приём по живой очереди, записываться не нужно.",
                "выездной цон, автобус цона",
            ),
        ),
    )
    yield ArticleDraft(
        code="KB-047",
        owner="SELF",
        valid_from=today - timedelta(days=60),
        valid_to=today - timedelta(days=3),
        texts=(
            Text(
                "kk",
                "Күзгі сенбілік: қап пен құрал қайдан алынады",
                "Қап пен құралды аудан әкімдігі береді. Жиналатын жерді оператор айтады. Жиналған қоқысты көлік сол күні әкетеді.",
                "сенбілік, субботник",
            ),
            Text(
                "ru",
                "Осенний субботник: где взять мешки и инвентарь",
                "Мешки и инвентарь выдаёт акимат района. Место сбора назовёт оператор. Собранный мусор вывезут в тот же день.",
                "субботник, мешки",
            ),
            Text(
                "en",
                "Autumn clean-up day: bags and tools",
                "The district akimat gives out bags and tools. The operator names the meeting place. What is collected is taken away the same day.",
                "clean-up day",
            ),
        ),
    )
