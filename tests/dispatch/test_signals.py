from __future__ import annotations

import asyncio
import gc

import pytest

from nuages.dispatch import Signal, receiver


def test_receivers_are_called_in_the_order_they_came_and_answer():
    signal = Signal()

    def first(**kwargs):
        return 1

    def second(**kwargs):
        return 2

    signal.connect(first)
    signal.connect(second)
    assert signal.send(None) == [(first, 1), (second, 2)]
    assert signal.disconnect(first)
    assert not signal.disconnect(first)
    assert signal.send(None) == [(second, 2)]


def test_a_receiver_hears_only_the_sender_it_asked_for():
    signal, heard = Signal(), []

    class Sender:
        pass

    one, other = Sender(), Sender()

    @receiver(signal, sender=one)
    def listen(sender, **kwargs):
        heard.append(sender)

    signal.send(one)
    signal.send(other)
    assert heard == [one]
    assert signal.has_listeners(one)
    assert not signal.has_listeners(other)


def test_a_receiver_that_is_gone_is_not_called():
    signal = Signal(use_caching=True)

    class Listener:
        def hear(self, **kwargs):
            return "heard"

    listener = Listener()
    sender = Listener()
    signal.connect(listener.hear)
    assert [answer for _, answer in signal.send(sender)] == ["heard"]
    del listener
    gc.collect()
    assert signal.send(sender) == []


def test_a_receiver_is_known_by_its_dispatch_uid():
    signal = Signal()
    for _ in range(2):
        signal.connect(lambda **kwargs: 1, weak=False, dispatch_uid="once")
    assert len(signal.send(None)) == 1
    assert signal.disconnect(dispatch_uid="once")


def test_receivers_of_both_colours_hear_a_signal_sent_in_either():
    signal = Signal()

    def plain(**kwargs):
        return "plain"

    async def coloured(**kwargs):
        await asyncio.sleep(0)
        return "async"

    signal.connect(plain)
    signal.connect(coloured)
    assert sorted(answer for _, answer in signal.send(None)) == ["async", "plain"]
    assert sorted(answer for _, answer in asyncio.run(signal.asend(None))) == ["async", "plain"]


def test_async_receivers_run_at_once():
    signal, waiting = Signal(), []

    async def wait(**kwargs):
        waiting.append(True)
        while len(waiting) < 2:
            await asyncio.sleep(0)

    async def wait_too(**kwargs):
        await wait()

    signal.connect(wait)
    signal.connect(wait_too)
    assert len(asyncio.run(asyncio.wait_for(signal.asend(None), 5))) == 2


def test_an_error_ends_a_send_and_is_the_answer_of_a_robust_one(caplog):
    signal = Signal()

    def fails(**kwargs):
        raise ValueError("rain")

    async def fails_too(**kwargs):
        raise ValueError("hail")

    signal.connect(fails)
    signal.connect(fails_too)
    with pytest.raises(ValueError, match="rain"):
        signal.send(None)
    answers = {str(error) for _, error in signal.send_robust(None)}
    assert answers == {"rain", "hail"}
    assert {str(error) for _, error in asyncio.run(signal.asend_robust(None))} == answers
    assert "fails" in caplog.text


def test_a_receiver_that_is_lost_while_others_are_called_is_called_all_the_same():
    signal, told = Signal(), []

    def first(**kwargs):
        others.clear()
        told.append("first")

    def second(**kwargs):
        told.append("second")

    others = [second]
    signal.connect(first)
    signal.connect(second)
    del second
    for _ in range(2):
        signal.send(None)
    assert told == ["first", "second", "first"]


def test_receivers_that_are_put_aside_are_not_called():
    signal, told = Signal(use_caching=True), []

    def receiver(**kwargs):
        told.append(1)

    signal.connect(receiver)
    signal.send(None)
    aside, signal.receivers = signal.receivers, []
    signal.send(None)
    signal.receivers = aside
    signal.send(None)
    assert told == [1, 1]
