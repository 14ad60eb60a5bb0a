"""What is told of facts that no server of the other tests shows."""

import pytest

from coupa_async_client.doctor import Finding, Report
from coupa_async_client.doctor import fact_findings as facts
from coupa_async_client.doctor.answers import Answer
from coupa_async_client.doctor.probes import Cap, FullPage, Why
from coupa_async_client.doctor.watched import Exchange


def exchange(status=200, seconds=0.1, at=0.0):
    return Exchange(at, status, seconds, patience=False)


@pytest.mark.parametrize(
    ("answer", "named", "verdict", "remedy"),
    [
        (Answer(403, said="answered 403"), True, "fail", "core.a.read or core.b.read"),
        (Answer(403, said="answered 403"), False, "warn", "core.a.read or core.b.read"),
        (Answer(404, said="answered 404"), True, "fail", "spelling"),
        (Answer(401, said="refused"), False, "fail", "base_url and token_url"),
        (Answer(200, said="an HTML page came"), True, "fail", "ending in /api"),
        (Answer(None, said="no answer in time"), True, "fail", "try again later"),
        (Answer(None, said="not asked: 30 GETs are enough"), True, "unknown", ""),
    ],
)
def test_what_cannot_be_read_is_told_with_the_remedy(answer, named, verdict, remedy):
    found = facts.of_reading("things", answer, ("core.a.read", "core.b.read"), named=named)
    assert (found.check, found.verdict, found.seen) == ("read things", verdict, answer.said)
    assert remedy in found.remedy
    assert bool(found.remedy) == bool(remedy)


def test_a_closed_resource_of_which_no_scope_is_known_is_told_all_the_same():
    found = facts.of_reading("things", Answer(403, said="answered 403"), (), named=True)
    assert "a scope and the permission" in found.remedy


def test_a_limit_that_is_refused_where_there_are_too_few_rows_to_tell_more():
    assert "refused (400)" in facts.of_cap(Cap(None, "refused")).seen


@pytest.mark.parametrize(
    ("order", "sorted_by_id", "verdict"),
    [
        ("ascending", None, "ok"),
        ("mixed", True, "warn"),
        ("mixed", None, "fail"),
        ("descending", False, "fail"),
        (Why("it takes two rows to tell"), None, "unknown"),
    ],
)
def test_an_order_matters_where_it_cannot_be_asked_for(order, sorted_by_id, verdict):
    assert facts.of_order(order, sorted_by_id=sorted_by_id).verdict == verdict


def test_fields_that_are_ignored_are_a_warning():
    assert facts.of_fields(found=False).verdict == "warn"


def test_an_unknown_field_that_empties_the_list_is_a_warning():
    assert facts.of_unknown_field("empty").verdict == "warn"


def test_slow_answers_are_a_warning():
    page = FullPage(50, 1_200_000, 7.5)
    found = facts.of_latency(0.4, 7.5, page)
    assert found.verdict == "warn"
    assert found.seen == (
        "half of the answers within 400 ms, nine of ten within 7.5 s; 50 whole rows: 1,200 kB in 7.5 s"
    )
    assert facts.of_latency(None, None, Why("x")).verdict == "unknown"


@pytest.mark.parametrize(
    ("rate", "p90", "page", "slots"),
    [
        (25.0, 0.1, Why("x"), 16),
        (25.0, 0.5, Why("x"), 25),
        (25.0, 0.1, FullPage(50, 1, 0.8), 40),
        (25.0, 30.0, Why("x"), 64),
        (25.0, None, Why("x"), None),
    ],
)
def test_slots_are_the_rate_by_the_latency_twice_over(rate, p90, page, slots):
    assert facts.slots(rate, p90, page) == slots


def test_quantiles_are_of_what_was_answered():
    seen = [exchange(seconds=seconds / 10) for seconds in range(1, 11)] + [exchange(500, 99.0)]
    assert facts.quantile(seen, 0.5) == 0.5
    assert facts.quantile(seen, 0.9) == 0.9
    assert facts.quantile(seen[:1], 0.9) == 0.1
    assert facts.quantile([exchange(404)], 0.5) is None


def test_a_new_token_that_is_never_taken_is_told():
    assert facts.of_new_token([], 0.0).seen == "it was not used"
    assert facts.of_new_token([exchange(401)], 0.0).seen == "nothing but 401 came"
    settled = [exchange(401), exchange(401, at=1.0), exchange(at=5.0)]
    assert facts.of_new_token(settled, 0.0).seen == (
        "refused at first (401), taken 5 s after it was granted"
    )


def test_a_report_counts_its_lines_by_verdict():
    findings = [Finding("a", "ok", ""), Finding("b", "fail", "", "x"), Finding("c", "unknown", "")]
    report = Report("h", "now", findings, 1, None)
    assert report.summary == "FAIL: 1 failed, 1 not known, 1 in order; 1 GET"
    assert Report("h", "now", findings[:1], 0, None).verdict == "ok"
    assert report.to_dict()["profile"] is None
