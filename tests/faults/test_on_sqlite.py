"""The same on SQLite, as in the demo."""

from tests.faults.harness import run


def test_nothing_is_lost_while_worker_server_and_connection_are_killed() -> None:
    figures = run(kills=6, seed=7, database="sqlite", officers=4)
    assert figures.is_good, f"{figures.table()}\n" + "\n".join(figures.problems)
    assert figures.all_kills == 6
    assert figures.acknowledged_saves > 20 and figures.acknowledged_submits > 0
