"""People at work on the real server and a real PostgreSQL, with kills in between; `-m tests.faults` is the long run."""

from tests.faults.harness import run


def test_nothing_is_lost_while_worker_server_connection_and_database_are_killed() -> None:
    figures = run(kills=10, seed=7, database="postgresql", officers=4)
    assert figures.is_good, f"{figures.table()}\n" + "\n".join(figures.problems)
    assert figures.all_kills == 10
    assert figures.acknowledged_saves > 20 and figures.acknowledged_submits > 0
