from summarizer.engine.bloom import Bloom
from summarizer.engine.capacity import Capacity
from summarizer.engine.engine import Engine
from summarizer.engine.sampling import SamplingOptions
from summarizer.engine.vitals import Tally

OPTIONS = SamplingOptions(max_new_tokens=8)


def test_a_tally_counts_what_is_at_most_a_bound() -> None:
    tally = Tally((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        tally.add(value)
    assert list(tally.cumulative()) == [(1.0, 2), (2.0, 4), (float("inf"), 5)]
    assert tally.sum == 14.0


def test_an_engine_tells_what_it_did_and_who_waits(bloom: Bloom) -> None:
    now = [100.0]
    engine = Engine(bloom, capacity=Capacity(max_batch=2, cache_tokens=4096), clock=lambda: now[0])
    futures = [engine.submit([5, 6, 7], OPTIONS) for _ in range(3)]
    assert engine.vitals(precision="fp32").num_waiting == 3
    now[0] = 100.3
    engine.step()
    seen = engine.vitals(precision="fp32")
    assert (seen.num_running, seen.num_waiting, seen.num_steps) == (2, 1, 1)
    assert (seen.device, seen.precision) == ("cpu", "fp32")
    assert 0 < seen.used_ratio < 0.1
    assert dict(seen.batch.cumulative())[2] == 1
    assert dict(seen.first_token_seconds.cumulative())[0.25] == 0
    assert dict(seen.first_token_seconds.cumulative())[0.5] == 2
    engine.close()
    assert all(future.done() for future in futures)
    seen = engine.vitals(precision="fp32")
    assert (seen.num_running, seen.num_waiting, seen.used_ratio) == (0, 0, 0)
    assert seen.tokens["written"] == 24
    assert dict(seen.first_token_seconds.cumulative())[float("inf")] == 3, "once for each text"
    assert seen.step_seconds.sum > 0


def test_giving_way_is_counted(bloom: Bloom) -> None:
    engine = Engine(bloom, capacity=Capacity(max_batch=1, cache_tokens=4096), clock=lambda: 100.0)
    engine.submit([5, 6, 7], OPTIONS, patience=60.0)
    engine.step()
    engine.submit([8, 9], OPTIONS)
    engine.step()
    assert engine.vitals(precision="fp32").num_preempted == 1
    engine.close()
