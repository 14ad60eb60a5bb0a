"""Drain with this library: `FACE PAGING`. Tells the rows as the others do."""

import os
import sys

from ours import FACES, Question
from telling import Teller

teller = Teller()
question = Question(
    arguments={
        "base_url": os.environ["BASE_URL"],
        "token_url": os.environ["TOKEN_URL"],
        "client_id": "id",
        "client_secret": "the-secret",
        "timeout": float(os.environ["TIMEOUT"]),
        "max_attempts": 4,
        "rate": 1_000.0,
    },
    params={"exported": "false"},
    paging=sys.argv[2],
    arrived=lambda id_: teller.row({"id": id_}),
)
outcome = FACES[sys.argv[1]](question)
teller.end(outcome.error, holes=outcome.holes, moved=outcome.moved)
