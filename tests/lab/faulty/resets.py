"""The connection torn down (RST) at each stage."""

from __future__ import annotations

from typing import Any

from tests.lab.faulty.encryption import Submission
from tests.lab.registry import serves


def _reset_at(step: str, **expected: Any) -> None:
    """A submission server that resets the connection where it should take this step."""

    class Resetting(Submission):
        pass

    def reset(self: Submission, *_: Any) -> None:
        self.wire.reset()

    reset.__name__ = step
    setattr(Resetting, step, reset)
    Resetting.__doc__ = f"Resets the connection in {step}."
    serves(f"reset-{step.removeprefix('on_')}", encryption="starttls", login=True, **expected)(Resetting)


_reset_at("greet", stage="greeting", code="reset")
_reset_at("on_ehlo", stage="ehlo", code="reset")
_reset_at("on_starttls", stage="tls", code="reset")
_reset_at("handshake", stage="tls", code="reset")
_reset_at("check", stage="auth", code="reset")
_reset_at("on_mail", stage="sender", code="reset")
_reset_at("on_rcpt", stage="recipient", code="reset")
_reset_at("on_data", send=True, stage="message", code="reset")
_reset_at("after_message", send=True, stage="message", code="reset")
_reset_at("on_quit", remarks=(("quit", "reset"),))
