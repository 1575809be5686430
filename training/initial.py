"""First weights of a small BLOOM that can already look back.

To copy, a model needs two kinds of heads: one that carries along which token came before, and one in a
later layer that finds the place where the present token came before and reads on from there. With ALiBi
the token itself is always the nearest, so the first kind is hard to find by gradient: in our tests 750
steps from random weights had not found it (`LOG.md`). Here both kinds get weights that roughly do it, and
training sharpens them.
"""

import torch
from torch import Tensor
from transformers import BloomForCausalLM

LOOKING_BACK = (0, 1, 2)  # heads of the first layer whose ALiBi slope is steepest
READING_ON = (-3, -2, -1)  # heads of the next two layers whose slope is gentlest
READING_LAYERS = (1, 2)
AVOID_SELF = 0.9  # how strongly a head looks away from its own token
MATCH = 2.0  # how strongly one token is compared with another
WRITE = 2.0  # how loudly a head writes what it found


def give_copying_heads(model: BloomForCausalLM) -> None:
    """Overwrites the weights of a few heads in the first three layers."""
    with torch.no_grad():
        first = _Heads(model, layer=0)
        carried: list[tuple[Tensor, Tensor]] = []
        for head in LOOKING_BACK:
            avoided, value, place = first.directions(), first.directions(), first.directions()
            first.query_key_value[head, 0] = AVOID_SELF * avoided
            first.query_key_value[head, 1] = -AVOID_SELF * avoided
            first.query_key_value[head, 2] = value
            first.output[:, head] = WRITE * place.T
            carried.append((value, place))
        for layer in READING_LAYERS:
            heads = _Heads(model, layer=layer)
            for head, (value, place) in zip(READING_ON, carried, strict=True):
                read = heads.directions()
                heads.query_key_value[head, 0] = MATCH * value
                heads.query_key_value[head, 1] = MATCH * place
                heads.query_key_value[head, 2] = read
                heads.output[:, head] = WRITE * read.T


class _Heads:
    """Views of one layer's attention weights by head."""

    def __init__(self, model: BloomForCausalLM, *, layer: int) -> None:
        self.hidden, num_heads = model.config.hidden_size, model.config.n_head
        self.size = self.hidden // num_heads
        weights = dict(model.named_parameters())
        name = f"transformer.h.{layer}.self_attention"
        fused, output = weights[f"{name}.query_key_value.weight"], weights[f"{name}.dense.weight"]
        self.query_key_value = fused.view(num_heads, 3, self.size, self.hidden)
        self.output = output.view(self.hidden, num_heads, self.size)

    def directions(self) -> Tensor:
        """As many random directions at right angles as a head has units."""
        columns: Tensor = torch.linalg.qr(torch.randn(self.hidden, self.size)).Q
        return columns.T
