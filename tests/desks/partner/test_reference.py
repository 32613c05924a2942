import re

from lxml import html


def test_the_page_about_the_api_lists_every_operation_of_the_schema(client, db):
    schema = client.get("/api/v1/openapi.json").json()
    page = client.get("/api/v1/docs").content.decode()

    operations = {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}
    assert len(operations) == 11
    assert operations <= set(html.fromstring(page).xpath("//section/p/code/text()"))


def test_the_page_about_the_api_asks_nobody_outside_and_runs_nothing_of_its_own(client, db):
    answer = client.get("/api/v1/docs")
    page = html.fromstring(answer.content.decode())

    addresses = page.xpath("//@src | //link/@href")
    assert [one for one in addresses if re.match(r"(https?:)?//", one)] == []
    assert page.xpath("//script[not(@src)] | //style | //@style") == []
    assert "script-src" not in answer["Content-Security-Policy"] or "unsafe" not in answer["Content-Security-Policy"]


def test_the_root_of_the_api_leads_to_its_page(client, db):
    assert client.get("/api/v1/").url == "/api/v1/docs"


def test_every_operation_that_is_not_public_documents_its_refusals(client, db):
    schema = client.get("/api/v1/openapi.json").json()

    for methods in schema["paths"].values():
        for operation in methods.values():
            assert {"401", "403", "422", "429"} <= set(operation["responses"])
            refusals = {status: told for status, told in operation["responses"].items() if int(status) >= 400}
            shapes = {told["content"]["application/json"]["schema"]["$ref"] for told in refusals.values()}
            assert shapes == {"#/components/schemas/Problem"}
