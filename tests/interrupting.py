"""A process that may be interrupted, also where the tests run in the background of a shell, which lets none be."""

import signal


def interruptible() -> None:
    """As `preexec_fn`: Ctrl-C ends the new process again."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
