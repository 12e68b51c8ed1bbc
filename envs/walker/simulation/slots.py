"""Contacts on their way into the solver's lanes and back."""

from ...box2d import contact
from ...box2d.manifold import FACE_B, KIND, NORMAL_IMPULSE, POINTS, TANGENT_IMPULSE, TOUCHING
from ...simd.compiled import inlined, kernel
from .robot import BODIES, FRICTION
from .world import SLOTS, Worlds


@kernel
def gather(w: Worlds, live):
    """Copy the touching contacts, newest first, into the solver's slots; a world that is not live has none."""
    for body in range(BODIES):
        most = 0
        for lane in range(live.shape[1]):
            used = 0
            if live[0, lane]:
                for k in range(w.counts[lane, body] - 1, -1, -1):
                    row = w.order[lane, body, k]
                    if w.integers[row, TOUCHING]:
                        slot = body * SLOTS + used
                        fill_slot(w.slots, w.slot_masks, slot, lane, w.reals, w.integers, row, FRICTION[body])
                        used += 1
            most = max(most, used)
            for k in range(used, SLOTS):
                mask = (body * SLOTS + k) * contact.MASKS
                if w.slot_masks[mask + contact.IN_USE, lane] == 0:
                    break
                for i in range(contact.MASKS):
                    w.slot_masks[mask + i, lane] = 0
        w.slot_counts[body] = most


@inlined
def fill_slot(slots, masks, slot, lane, reals, integers, row, friction):
    """Copy the manifold and impulses of contact `row` into a solver's slot."""
    base, mask = slot * contact.ROWS, slot * contact.MASKS
    for i in range(contact.FRICTION):
        slots[base + i, lane] = reals[row, i]
    slots[base + contact.FRICTION, lane] = friction
    masks[mask + contact.IN_USE, lane] = 1
    masks[mask + contact.TWO_POINTS, lane] = integers[row, POINTS] == 2
    masks[mask + contact.ON_BODY, lane] = integers[row, KIND] == FACE_B


@kernel
def scatter(w: Worlds, live):
    """Keep the impulses of the points that were solved, for warm starting (StoreImpulses)."""
    for body in range(BODIES):
        for lane in range(live.shape[1]):
            used = 0
            for k in range(w.counts[lane, body] - 1, -1, -1):
                row = w.order[lane, body, k]
                if live[0, lane] == 0 or w.integers[row, TOUCHING] == 0:
                    continue
                base, mask = (body * SLOTS + used) * contact.ROWS, (body * SLOTS + used) * contact.MASKS
                w.reals[row, NORMAL_IMPULSE] = w.slots[base + contact.NORMAL1, lane]
                w.reals[row, TANGENT_IMPULSE] = w.slots[base + contact.TANGENT1, lane]
                if w.slot_masks[mask + contact.BLOCK, lane]:
                    w.reals[row, NORMAL_IMPULSE + 1] = w.slots[base + contact.NORMAL2, lane]
                    w.reals[row, TANGENT_IMPULSE + 1] = w.slots[base + contact.TANGENT2, lane]
                used += 1
