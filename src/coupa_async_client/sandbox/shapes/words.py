"""The words that the sandbox's texts are made of.

About one in twenty of the free texts is awkward on purpose: quotes, commas, line ends, other
scripts, and beginnings that a spreadsheet takes for a formula.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GIVEN = (
    "Ada", "Amélie", "Björn", "Carlos", "Chidi", "Dana", "Elif", "Fatima", "Grace", "Hana",
    "Ines", "Ivan", "Joon", "Kavya", "Li Wei", "Luca", "Marta", "Nadia", "Noah", "Oluwaseun",
    "Priya", "Rosa", "Søren", "Tariq", "Yuki", "Zoë", "José", "Miriam", "Pavel",
)  # fmt: skip
FAMILY = (
    "Abebe", "Andersson", "Bianchi", "Chen", "Da Silva", "Dubois", "Eriksen", "Fischer", "García",
    "Haddad", "Ito", "Jansen", "Kim", "Kowalski", "López", "Müller", "Nguyen", "O'Brien", "Okafor",
    "Patel", "Quist", "Rossi", "Sato", "Şahin", "Tan", "Ueda", "Vogel", "Weiß", "Yücel",
    "Zhang", "Smith-Jones",
)  # fmt: skip
TRADE = (
    "Acme", "Alder", "Baltic", "Beacon", "Birch", "Cedar", "Cobalt", "Copper", "Delta", "Dune",
    "Ember", "Falcon", "Fjord", "Granite", "Harbor", "Hazel", "Iris", "Juniper", "Kestrel",
    "Lagoon", "Larch", "Meridian", "Nimbus", "Northwind", "Ocean", "Onyx", "Orchid", "Pacific",
    "Pioneer", "Quartz", "Raven", "Sable", "Sierra", "Summit", "Tundra", "Umbra", "Vertex",
    "Willow", "Zenith", "Ångström", "Çiçek", "Ørsted & Søn", "株式会社みどり", "Łódź",
    '"Best" Value', "=Equal", "+Plus",
)  # fmt: skip
BRANCH = (
    "Analytics", "Catering", "Cleaning", "Components", "Couriers", "Design", "Energy",
    "Facilities", "Foods", "Freight", "Furniture", "Labs", "Legal", "Logistics", "Media",
    "Office Supply", "Packaging", "Parts", "Print", "Safety", "Software", "Staffing", "Travel",
)  # fmt: skip
FORM = ("Inc.", "LLC", "GmbH", "S.A.", "Ltd", ".com", "B.V.", "Co., Ltd.", "AB", "Oy", "K.K.")
STREET = (
    "Alameda de las Pulgas", "Calle de Alcalá", "Elm St", "Fabrikstraße", "Harbour Road",
    "Kungsgatan", "Market St", "Mission Blvd", "Oak Ave", "Rue de Rivoli", "Via Roma",
)  # fmt: skip
CITY = (
    "Austin", "Berlin", "Chicago", "Dublin", "Göteborg", "Lyon", "Madrid", "Milano", "Osaka",
    "San Mateo", "São Paulo", "Singapore", "Toronto", "Kraków",
)  # fmt: skip
STATE = ("CA", "NY", "TX", "WA", "IL", "ON", "BY", "SP")
WORD = (
    "blue", "north", "spare", "standard", "urgent", "yearly", "site B", "phase 2", "batch 7",
    "pilot", "2nd floor", "A-12", "Q3", "FY26", "n/a", "größe M", "000123", "1e5", "TRUE",
    "-", "null",
)  # fmt: skip
GOODS = (
    "Laptop 14 inch", "Office chair, black", 'Monitor 27"', "Printer paper A4", "Whiteboard",
    "Safety gloves size 9", "Cleaning service", "Consulting, day rate", "Cable 2 m", "Hard hat",
    "Courier delivery", "Café catering", "Software licence", "Forklift hire", "Pallet wrap",
    "Bolt M8 x 40", "LED lamp 12 W", "Toner (black)", "Desk", "Training course",
)  # fmt: skip
NOTE = (
    "as agreed", "please deliver to the back door", "replacement for a broken part", "see contract",
    "quarterly order", "for the new office", "partial delivery is fine", "call before arrival",
    "budget approved", "price as quoted", "ordered by phone", "warranty included", "no rush",
    "matches the sample", "second shipment", "for the trade fair", "on behalf of facilities",
    "rechnung folgt, grüße", "次回の注文に含める", "déjà payé", "50 % deposit", "up to 3 €/kg",
    "back order", "colour to be confirmed", "invoice to follow", "kitchen supplies", "spare set",
    "approved by e-mail", "first order", "delivery in the morning", "returns allowed",
    "discount applied", "cost shared", "for stock", "test installation", "annual service",
    'he said "today", not tomorrow', "line one\nline two", "a, b; c\td", "=SUM(A1:A9)",
    "+1 pallet", "-20 % off", "@warehouse", " leading and trailing ", "<b>fragile</b> & heavy",
    "C:\\orders\\new", "emoji 📦 ok", "'quoted'", "50\u00a0kg",
)  # fmt: skip

POOLS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "given": GIVEN,
        "family": FAMILY,
        "street": STREET,
        "city": CITY,
        "state": STATE,
        "word": WORD,
        "goods": GOODS,
        "note": NOTE,
    }
)


def company(n: int) -> str:
    """Name the `n`-th company; the first ten thousand names differ."""
    form = FORM[n % len(FORM)]
    gap = "" if form.startswith(".") else " "
    return f"{TRADE[n % len(TRADE)]} {BRANCH[n % len(BRANCH)]}{gap}{form}"
