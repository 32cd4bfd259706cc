"""Metrics: what operators watch, from fixed names and labels."""

from __future__ import annotations

from bot.metrics import Metrics


def test_what_operators_watch_is_there() -> None:
    """Turns, refusals, deliveries, the outbox and the credential appear under their documented names."""
    metrics = Metrics()
    metrics.turn("open_ticket", "answered", 0.004)
    metrics.turn("open_ticket", "answered", 0.2)
    metrics.refused("unauthorised")
    metrics.delivered("teams", "dead")
    metrics.outbox(pending=3, dead=1, oldest_seconds=12.5, graph_oldest_seconds=3600)
    metrics.credential(29)
    metrics.notices({"accepted": 3, "wrong_secret": 1})
    lines = metrics.render().decode().splitlines()
    assert 'fourstar_turns_total{kind="open_ticket",outcome="answered"} 2.0' in lines
    assert 'fourstar_turn_seconds_bucket{kind="open_ticket",le="0.005"} 1.0' in lines
    assert 'fourstar_refused_requests_total{reason="unauthorised"} 1.0' in lines
    assert 'fourstar_delivered_total{kind="teams",outcome="dead"} 1.0' in lines
    assert 'fourstar_outbox_rows{state="pending"} 3.0' in lines
    assert 'fourstar_outbox_rows{state="dead"} 1.0' in lines
    assert "fourstar_outbox_oldest_seconds 12.5" in lines
    assert "fourstar_graph_oldest_seconds 3600.0" in lines
    assert "fourstar_credential_days_left 29.0" in lines
    assert 'fourstar_graph_notices_total{outcome="accepted"} 3.0' in lines


def test_two_sets_do_not_share_numbers() -> None:
    """A second instance (a test, a second app in the process) begins at nothing."""
    Metrics().refused("too large")
    assert b"too large" not in Metrics().render()


def test_the_process_is_measured_when_asked() -> None:
    """The served metrics also have the process's own, such as its memory and Python version."""
    assert b"python_info" in Metrics(process=True).render()
    assert b"python_info" not in Metrics().render()
