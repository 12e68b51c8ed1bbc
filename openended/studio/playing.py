"""Play: a person acts in a task, step by step, over one WebSocket; what was done is a witness.

The page sends one message for each step and waits for the answer before the next but one, so that a slow line slows the
world down and changes nothing else: an episode is its actions. Handing the body to an agent for some steps is
acting, too: the actions are recorded as if they had been done by hand.
"""

import asyncio
import json
from collections.abc import Callable
from hmac import compare_digest
from typing import Any

import numpy as np
from starlette.websockets import WebSocket, WebSocketDisconnect

from openended.envs.acting import act, write_actions
from openended.envs.api import Agent, Domain, Genome, World
from openended.envs.forward import controller
from openended.envs.policy import Policy
from openended.file.errors import Failure
from openended.view.report.codec import png, shapes

from .answers import OURS, Wrong, checked, report, text
from .draft import Draft
from .session import Studio
from .words import total, worth

PATIENCE = 10.0
"""Seconds in which the first message must come."""
HANDED = 200
"""Most steps for which an agent gets the body at a time."""
SIZE = (480, 360)
"""Pixels of a frame, where a domain has no shapes."""


class Game:
    """One episode of a person on a task.

    Args:
        domain: whose tasks they are.
        draft: the task.
        cap: most steps.
    """

    def __init__(self, domain: Domain, draft: Draft, cap: int):
        if domain.people is None or domain.people.keys is None or domain.simulator.begin is None:
            raise Wrong(f"Nobody can act by hand in {domain.id}.")
        self.domain, self.draft, self.cap, self.keys = domain, draft, cap, domain.people.keys
        self.rewind([])

    @property
    def genome(self) -> Genome:
        return self.draft.genome

    def rewind(self, actions: list[Any]) -> None:
        """Begin anew and do these actions again."""
        assert self.domain.simulator.begin is not None
        self.world: World = self.domain.simulator.begin(self.genome, 0)
        self.actions: list[Any] = []
        self.ghost: tuple[Agent, Callable[[Any], Any]] | None = None
        for action in actions:
            self.step(action)

    @property
    def over(self) -> bool:
        return self.world.over or len(self.actions) >= self.cap

    def step(self, action: Any) -> None:
        if not self.over:
            self.world.step(action)
            self.actions.append(action)

    def held(self, codes: list[str]) -> None:
        """One step with these keys held; none where a choice is missing."""
        action, self.ghost = self.keys.action(codes), None
        if action is not None:
            self.step(action)

    def hand_over(self, policy: Policy, agent: Agent, steps: int) -> None:
        """Let an agent act for some steps. One with memory remembers what it saw since it was given the body."""
        if self.ghost is None or self.ghost[0] is not agent:
            self.ghost = agent, controller(policy, agent)
        for _ in range(steps):
            if self.over:
                return
            action = self.ghost[1](self.world.observation)
            self.step(int(action) if self.domain.simulator.actions.discrete else action)

    def scene(self, whole: bool) -> dict[str, Any]:
        """The moment for the page: poses, and what is seen; the `whole` one has the shapes, too."""
        now = self.world.now()
        value = total(self.world.trace().rewards)
        facts = {"step": len(self.actions), "return": worth(value), "over": self.over}
        facts |= {"finished": bool(now.facts.get("finished") or now.facts.get("reached"))}
        pictures = self.domain.pictures
        if pictures is None or pictures.sketch is None:
            return facts | ({} if pictures is None else {"frame": self.frame(now)})
        sketch = pictures.sketch(self.genome, now)
        seen = "".join("1" if shape.shown is None or shape.shown[0] else "0" for shape in sketch.shapes)
        facts |= {"poses": np.nan_to_num(sketch.poses[0]).round(4).tolist(), "seen": seen}
        if not whole:
            return facts
        return facts | {"film": shapes(sketch, np.zeros(1, np.int64)) | {"aspect": pictures.aspect}}

    def frame(self, now: Any) -> str:
        from PIL import Image

        assert self.domain.pictures is not None
        return png(Image.fromarray(self.domain.pictures.draw(self.genome, now, 0, *SIZE)), 64)

    def witness(self) -> dict[str, Any]:
        """The actions, and the return when they are done again: what anybody else will find."""
        dtype = np.int64 if self.domain.simulator.actions.discrete else np.float32
        actions = np.array(self.actions, dtype)
        again = act(self.domain.simulator, self.genome, actions, self.cap, 0)
        return {"actions": write_actions(actions), "again": total(again.rewards)}


class Playing:
    """The handler of Play for a studio: one game at a time, the newest."""

    def __init__(self, studio: Studio):
        self.studio = studio
        self.current: WebSocket | None = None

    async def play(self, socket: WebSocket) -> None:
        await socket.accept()
        try:
            first = await asyncio.wait_for(socket.receive(), PATIENCE)
            asked = checked(message(first), token=str, task=object)
            if not compare_digest(asked["token"].encode(), self.studio.keys.token.encode()):
                await socket.close(1008)
                return
            before, self.current = self.current, socket
            if before is not None:
                await quietly(before)
            draft = self.studio.drafts.read(asked["task"])
            await self.games(socket, draft)
        except (WebSocketDisconnect, TimeoutError):
            pass
        except (Wrong, Failure) as wrong:
            await tell(socket, str(wrong))
        except Exception:
            report()
            await tell(socket, OURS)
        finally:
            if self.current is socket:
                self.current = None
            await quietly(socket)

    async def games(self, socket: WebSocket, draft: Draft) -> None:
        """Steps until the page goes away."""
        looker = self.studio.looker
        cap = int(looker.config["episodes"]["cap"])
        game = await self.studio.work(lambda: Game(looker.domain, draft, cap))
        await socket.send_text(text(await self.studio.work(lambda: game.scene(True))))
        while self.current is socket:
            asked = await socket.receive()
            if asked["type"] == "websocket.disconnect":
                return
            await socket.send_text(text(await self.answered(game, message(asked))))

    async def answered(self, game: Game, data: bytes) -> dict[str, Any]:
        """What a message asks for: `keys` (a step), `ghost` (a niche) with `steps`, `rewind` (a step), `witness`."""
        kinds = {"keys": list, "ghost": int, "steps": int, "rewind": int, "witness": bool}
        asked = checked(data, **{name: kinds[name] for name in names(data) if name in kinds})
        if "witness" in asked:
            found: dict[str, Any] = await self.studio.work(game.witness)
            return found
        if "ghost" in asked:
            looker, steps = self.studio.looker, min(max(asked.get("steps", 1), 1), HANDED)
            agent = looker.agents([looker.elite(asked["ghost"])])[0]
            await self.studio.work(lambda: game.hand_over(looker.policy, agent, steps))
        elif "rewind" in asked:
            step = min(max(asked["rewind"], 0), len(game.actions))
            await self.studio.work(lambda: game.rewind(game.actions[:step]))
        else:
            codes = [code for code in asked.get("keys", []) if isinstance(code, str)]
            await self.studio.work(lambda: game.held(codes))
        scene: dict[str, Any] = await self.studio.work(lambda: game.scene(False))
        return scene


def message(asked: Any) -> bytes:
    """The text of a message. Raises WebSocketDisconnect at the end."""
    if asked["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(asked.get("code", 1000))
    return (asked.get("text") or "").encode() or asked.get("bytes") or b""


def names(data: bytes) -> list[str]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return []
    return list(value) if isinstance(value, dict) else []


async def tell(socket: WebSocket, words: str) -> None:
    """Send a sentence, if anybody is there."""
    try:
        await socket.send_text(text({"problem": words}))
    except (RuntimeError, WebSocketDisconnect):
        return


async def quietly(socket: WebSocket) -> None:
    """Close a WebSocket that may be closed."""
    try:
        await socket.close(1000)
    except (RuntimeError, WebSocketDisconnect):
        return
