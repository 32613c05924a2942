import pathlib
from django.test import Client
def test_it(db):
    html = Client().get("/api/v1/docs", headers={"Accept-Language": "en"}).content.decode()
    html = html.replace('/static/ui/', '/work/main/src/komek/ui/static/ui/')
    pathlib.Path("/tmp/ref/page.html").write_text(html)
