"""What an examination came to: a line for each thing that was looked at, and the whole of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from coupa_async_client.instance_profile import InstanceProfile

Verdict = Literal["ok", "warn", "fail", "unknown"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was seen, and the remedy where something is wrong.

    "warn" works, at a cost; "unknown" could not be looked at, and `seen` says why.
    """

    check: str
    verdict: Verdict
    seen: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that was found, and what it cost the instance.

    `profile` is None where no resource could be read, so that nothing is known of the instance.
    """

    host: str
    examined: str
    findings: Sequence[Finding]
    gets: int
    profile: InstanceProfile | None

    @property
    def verdict(self) -> Verdict:
        """Return the worst verdict there is; what could not be looked at is no fault."""
        found = {finding.verdict for finding in self.findings}
        return "fail" if "fail" in found else "warn" if "warn" in found else "ok"

    @property
    def summary(self) -> str:
        """Say in one line how many lines are of which verdict."""
        verdicts = [finding.verdict for finding in self.findings]
        words = {
            "fail": "failed",
            "warn": "with a warning",
            "unknown": "not known",
            "ok": "in order",
        }
        parts = [
            f"{verdicts.count(verdict)} {word}"
            for verdict, word in words.items()
            if verdict in verdicts
        ]
        asked = "1 GET" if self.gets == 1 else f"{self.gets} GETs"
        return f"{self.verdict.upper()}: {', '.join(parts)}; {asked}"

    def to_dict(self) -> dict[str, Any]:
        """Return the report as a JSON-able dictionary."""
        return {
            "version": VERSION,
            "host": self.host,
            "examined": self.examined,
            "verdict": self.verdict,
            "gets": self.gets,
            "findings": [asdict(finding) for finding in self.findings],
            "profile": self.profile.to_dict() if self.profile else None,
        }
