"""A file of requests in the form of the portal's, small enough to be read by eye."""

import csv

COLUMNS = (
    "id", "created", "text", "reason_id", "reason", "category_id", "category", "district", "lat", "lon", "address",
    "author", "n_petitions", "n_answers", "h_moderated", "h_first_interim", "h_first_answer", "h_last_answer",
    "h_closed", "final_status", "responsible_org",
)  # fmt: skip
WATER, ROADS = "Водоканал", "Комитет по транспорту"
SATISFIED = "Завершено: Пользователь удовлетворен решением проблемы"


def row(number, **told):
    """A request about a lamp in the Nevsky district, answered and closed by the water company."""
    usual = {
        "id": str(number),
        "created": "2020-11-02T10:00:00",
        "text": f"Не горит фонарь у дома {number}",
        "reason_id": "7",
        "reason": "Не горит фонарь",
        "category_id": "2",
        "category": "Благоустройство",
        "district": "Невский",
        "lat": "59.9",
        "lon": "30.4",
        "address": "",
        "author": f"author{number % 3}",
        "n_petitions": "1",
        "n_answers": "1",
        "h_moderated": "2",
        "h_first_interim": "",
        "h_first_answer": "50",
        "h_last_answer": "50",
        "h_closed": "60",
        "final_status": SATISFIED,
        "responsible_org": WATER,
    }
    return usual | told


def write(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, COLUMNS)
        table.writeheader()
        table.writerows(rows)
    return path
