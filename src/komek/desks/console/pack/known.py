"""The codes a pack defines, for checking whoever names them."""

from collections.abc import Iterable
from dataclasses import dataclass

from komek.desks.console.pack.problems import Problems

EVERYWHERE = "*"
GROUP_SUFFIX = "-*"


@dataclass(frozen=True)
class Known:
    """Services, topics, groups and districts of this pack."""

    services: frozenset[str]
    topics: frozenset[str]
    groups: frozenset[str]
    districts: frozenset[str]

    def check_services(self, file: str, line: int, codes: Iterable[str], problems: Problems) -> None:
        """Note the services that services.csv does not have."""
        for code in codes:
            if code not in self.services:
                problems.add(
                    file, line, f"There is no service «{code}».", "Add it to services.csv or correct the code."
                )

    def check_topics(self, file: str, line: int, codes: Iterable[str], problems: Problems) -> None:
        """Note the topics that topics.csv does not have; `WAT-*` and `*` stand for several."""
        for code in codes:
            is_group = code.endswith(GROUP_SUFFIX)
            known = code.removesuffix(GROUP_SUFFIX) in self.groups if is_group else code in self.topics
            if not known and code != EVERYWHERE:
                problems.add(file, line, f"There is no topic «{code}».", "Add it to topics.csv or correct the code.")

    def check_districts(self, file: str, line: int, codes: Iterable[str], problems: Problems) -> None:
        """Note the districts that districts.geojson does not have."""
        for code in codes:
            if code not in self.districts and code != EVERYWHERE:
                problems.add(
                    file, line, f"There is no district «{code}».", "Add it to districts.geojson or correct the code."
                )
