from datetime import date

import pytest

from komek.rooms.knowledge import rules

HEADER = """\
---
code: KB-007
owner: GAS
topics: [GAS-02, GAS-03]
groups: GAS
seasons: [all]
valid_from: 2026-01-01
valid_to: null
words:
  ru: [нет газа, подключить газ]
  en: no gas
---
"""
ARTICLE = (
    HEADER
    + """
## kk
# Газға қосылу

Алдымен құжат жинайсыз.

### Құжаттар
- жеке куәлік

## ru

# Подключение к газу
Сначала соберите документы.
## en
# Getting gas
First collect the documents.
"""
)


def test_an_article_is_read_with_its_three_languages():
    draft = rules.parse_article(ARTICLE, "07-gas.md")

    assert (draft.code, draft.owner, draft.topics, draft.groups) == ("KB-007", "GAS", ("GAS-02", "GAS-03"), ("GAS",))
    assert (draft.valid_from, draft.valid_to) == (date(2026, 1, 1), None)
    assert [text.language for text in draft.texts] == ["kk", "ru", "en"]
    assert [text.title for text in draft.texts] == ["Газға қосылу", "Подключение к газу", "Getting gas"]
    assert [text.words for text in draft.texts] == ["", "нет газа, подключить газ", "no gas"]


def test_a_deeper_heading_belongs_to_the_body():
    kazakh = rules.parse_article(ARTICLE, "07-gas.md").texts[0]

    assert kazakh.body == "Алдымен құжат жинайсыз.\n\n### Құжаттар\n- жеке куәлік"


def test_an_article_may_have_one_language_and_windows_line_ends():
    text = "---\r\ncode: KB-1\r\nowner: SU\r\n---\r\n## kk\r\n# Су\r\nСу бар.\r\n"

    draft = rules.parse_article("\ufeff" + text, "one.md")

    assert [(text.title, text.body) for text in draft.texts] == [("Су", "Су бар.")]


@pytest.mark.parametrize(
    ("broken", "line", "problem"),
    [
        ("", 1, "does not begin with front matter"),
        ("## kk\n# Су\nСу бар.\n", 1, "does not begin with front matter"),
        ("---\ncode: KB-1\n## kk\n# Су\n", 1, "front matter has no end"),
        (ARTICLE.replace("code: KB-007\n", ""), 2, "«code» is missing"),
        (ARTICLE.replace("owner: GAS", "owner: [GAS, SU]"), 3, "«owner» is not a single value"),
        (ARTICLE.replace("topics: [GAS-02, GAS-03]", "topics: {GAS: 02}"), 4, "«topics» is not a list"),
        (ARTICLE.replace("topics: [GAS-02, GAS-03]", "topics: [GAS-02, GAS-03"), 5, "not YAML"),
        (ARTICLE.replace("valid_to: null", "valid_to: tomorrow"), 8, "«tomorrow» is not a day"),
        (ARTICLE.replace("valid_to: null", "valid_to: 2026-02-30"), 2, "impossible"),
        (ARTICLE.replace("valid_to: null", "valid_to: 2025-12-31"), 1, "ends before it begins"),
        (ARTICLE.replace("code: KB-007", "code: gas!"), 1, "a code looks like KB-001"),
        (ARTICLE.replace("seasons:", "saesons:"), 6, "unknown key «saesons»"),
        (ARTICLE.replace("  en: no gas", "  de: kein Gas"), 11, "«de» is not a language"),
        (HEADER, 13, "no section of a language"),
        (HEADER + "\nloose words\n## kk\n# Су\nСу бар.\n", 14, "text outside a language"),
        (ARTICLE.replace("## en", "## ru"), 26, "«## ru» appears twice"),
        (ARTICLE.replace("# Getting gas\n", ""), 27, "«en» has no title"),
        (HEADER + "## kk", 13, "«kk» has no title"),
        (ARTICLE.replace("First collect the documents.\n", ""), 27, "«en» has no body"),
        (ARTICLE.replace("# Getting gas", "# " + "gas" * 200), 1, "at most 300"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_line_and_remedy(broken, line, problem):
    with pytest.raises(rules.BadArticle) as refused:
        rules.parse_article(broken, "07-gas.md")

    assert refused.value.params["file"] == "07-gas.md"
    assert refused.value.params["line"] == line
    assert problem in refused.value.params["problem"]
    assert refused.value.params["remedy"]
    assert str(refused.value).startswith(f"07-gas.md, line {line}: ")
