"""The candidates, each a function from requests to tokens: greedy, exactly as many new tokens as asked for.

Every setting is the best one known for these workloads; what was slower is named beside it. Each library is imported
only where it is measured, so that nobody's memory is counted as somebody else's.
"""

import shutil
from collections.abc import Callable, Sequence
from ctypes import c_void_p
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from summarizer.engine.bench.workload import Request, Shape

Generate = Callable[[Sequence[Request]], list[list[int]]]
Open = Callable[[Path, Shape, int], Generate]  # from the checkpoint, its shape and the number of threads
PAD = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """Who is measured, and what is done before, once, outside the measurement."""

    rival: str  #: by which name it is asked for on the command line
    open: Open
    is_int8: bool = False
    prepare: Callable[[Path, Shape], None] | None = None
    skips: frozenset[str] = frozenset()  #: workloads that say nothing new, or take hours


def ours(precision: str, *, guess_tokens: int = 0, is_native: bool = True) -> Open:
    """This engine; by itself it would also guess, which random weights that go round in circles reward too much."""

    def open_(checkpoint: Path, _: Shape, threads: int) -> Generate:
        import torch

        from summarizer.engine.bloom import Bloom
        from summarizer.engine.capacity import Capacity
        from summarizer.engine.engine import Engine
        from summarizer.engine.linear import Precision
        from summarizer.engine.sampling import SamplingOptions

        torch.set_num_threads(threads)
        model = Bloom.load(checkpoint, precision=Precision(precision), is_native=is_native)
        capacity = Capacity(guess_tokens=guess_tokens, cache_tokens=32_768)

        def generate(requests: Sequence[Request]) -> list[list[int]]:
            engine = Engine(model, capacity=capacity).start()
            futures = [engine.submit(one.prompt, SamplingOptions(max_new_tokens=one.num_new)) for one in requests]
            engine.close()
            return [future.result() for future in futures]

        return generate

    return open_


def transformers(batch: int) -> Open:
    """`generate` in fp32 with eager attention, the only one BLOOM has; batches are padded on the left."""

    def open_(checkpoint: Path, _: Shape, threads: int) -> Generate:
        import torch
        from transformers import BloomForCausalLM

        torch.set_num_threads(threads)
        model: Any = BloomForCausalLM.from_pretrained(checkpoint, dtype=torch.float32)
        model.eval()
        model.generation_config.eos_token_id = None
        model.generation_config.pad_token_id = PAD

        def generate(requests: Sequence[Request]) -> list[list[int]]:
            written: dict[int, list[int]] = {}
            longest_first = sorted(range(len(requests)), key=lambda index: -len(requests[index].prompt))
            for first in range(0, len(requests), batch):
                own = longest_first[first : first + batch]
                width = len(requests[own[0]].prompt)
                ids = torch.full((len(own), width), PAD)
                for row, index in enumerate(own):
                    ids[row, width - len(requests[index].prompt) :] = torch.tensor(requests[index].prompt)
                mask = torch.tensor([[0] * (width - n) + [1] * n for n in (len(requests[i].prompt) for i in own)])
                most = max(requests[index].num_new for index in own)
                with torch.inference_mode():
                    out = model.generate(ids, attention_mask=mask, do_sample=False, max_new_tokens=most)
                for row, index in enumerate(own):
                    written[index] = out[row, width : width + requests[index].num_new].tolist()
            return [written[index] for index in range(len(requests))]

        return generate

    return open_


def ctranslate2(precision: str) -> Open:
    """One replica a core, one request each: its batches of unequal prompts are slower (OpenNMT/CTranslate2#1480)."""

    def open_(checkpoint: Path, _: Shape, threads: int) -> Generate:
        import ctranslate2 as library

        generator = library.Generator(
            str(_converted(checkpoint, precision)), compute_type=precision, inter_threads=threads, intra_threads=1
        )
        if threads > 1:  # a single request has all cores
            alone = library.Generator(
                str(_converted(checkpoint, precision)), compute_type=precision, inter_threads=1, intra_threads=threads
            )
        else:
            alone = generator

        def generate(requests: Sequence[Request]) -> list[list[int]]:
            most = max(one.num_new for one in requests)
            results = (alone if len(requests) == 1 else generator).generate_batch(
                [[_word(token) for token in one.prompt] for one in requests],
                max_batch_size=1,
                batch_type="examples",
                max_length=most,
                min_length=most,
                sampling_topk=1,
                beam_size=1,
                include_prompt_in_result=False,
            )
            return [result.sequences_ids[0][: one.num_new] for result, one in zip(results, requests, strict=True)]

        return generate

    return open_


def convert_for_ctranslate2(precision: str) -> Callable[[Path, Shape], None]:
    """By the library's own converter."""

    def prepare(checkpoint: Path, _: Shape) -> None:
        target = _converted(checkpoint, precision)
        if target.exists():
            return
        from ctranslate2.converters import TransformersConverter

        aside = target.with_name(f"{target.name}.writing")
        shutil.rmtree(aside, ignore_errors=True)
        quantization = None if precision == "float32" else precision
        TransformersConverter(str(checkpoint)).convert(str(aside), quantization=quantization)
        aside.rename(target)

    return prepare


def llamacpp(kind: str) -> Open:
    """Sixteen sequences in one context, its continuous batching, our loop around it."""

    def open_(checkpoint: Path, shape: Shape, threads: int) -> Generate:
        import llama_cpp as library

        library.llama_backend_init()
        quiet = library.llama_log_callback(lambda *_: None)
        library.llama_log_set(quiet, c_void_p(0))
        parameters = library.llama_model_default_params()
        parameters.n_gpu_layers = 0
        model = library.llama_model_load_from_file(str(_gguf(checkpoint, kind)).encode(), parameters)

        def generate(requests: Sequence[Request], _keep: object = quiet) -> list[list[int]]:
            return _llama_generate(library, model, requests, shape=shape, threads=threads)

        return generate

    return open_


def _llama_generate(
    library: Any, model: Any, requests: Sequence[Request], *, shape: Shape, threads: int, per_step: int = 2048
) -> list[list[int]]:
    slots = min(16, len(requests))
    parameters = library.llama_context_default_params()
    parameters.n_ctx = 1728 * slots
    parameters.n_batch, parameters.n_ubatch, parameters.n_seq_max = per_step, 512, slots
    parameters.n_threads = parameters.n_threads_batch = threads
    context = library.llama_init_from_model(model, parameters)
    memory = library.llama_get_memory(context)
    batch = library.llama_batch_init(per_step, 0, 1)
    written: list[list[int]] = [[] for _ in requests]
    waiting, free = list(range(len(requests))), list(range(slots))
    running: dict[int, list[int]] = {}  # from slot to request and tokens fed so far
    while waiting or running:
        batch.n_tokens = 0
        wanted: list[tuple[int, int]] = []

        def put(token: int, position: int, slot: int, *, is_wanted: bool, wanted: Any = wanted) -> None:
            at = batch.n_tokens
            batch.token[at], batch.pos[at], batch.n_seq_id[at] = token, position, 1
            batch.seq_id[at][0], batch.logits[at] = slot, is_wanted
            batch.n_tokens = at + 1
            if is_wanted:
                wanted.append((at, slot))

        for slot, (index, fed) in running.items():
            if fed >= len(requests[index].prompt):
                put(written[index][-1], fed, slot, is_wanted=True)
                running[slot][1] += 1
        while waiting and free:
            running[free.pop(0)] = [waiting.pop(0), 0]
        for slot, state in running.items():
            prompt = requests[state[0]].prompt
            while state[1] < len(prompt) and batch.n_tokens < per_step:
                put(prompt[state[1]], state[1], slot, is_wanted=state[1] == len(prompt) - 1)
                state[1] += 1
        if library.llama_decode(context, batch):
            raise RuntimeError("llama.cpp could not run a batch.")
        for at, slot in wanted:
            index = running[slot][0]
            scores = np.ctypeslib.as_array(library.llama_get_logits_ith(context, at), shape=(shape.vocabulary_size,))
            written[index].append(int(scores.argmax()))
            if len(written[index]) == requests[index].num_new:
                library.llama_memory_seq_rm(memory, slot, -1, -1)
                free.append(slot)
                del running[slot]
    library.llama_batch_free(batch)
    library.llama_free(context)
    return written


def convert_for_llamacpp(kind: str) -> Callable[[Path, Shape], None]:
    """Into GGUF by the `gguf` package; no tokenizer goes in."""

    def prepare(checkpoint: Path, shape: Shape) -> None:
        target = _gguf(checkpoint, kind)
        if not target.exists():
            aside = target.with_name(f"{target.name}.writing")
            _write_gguf(checkpoint, aside, shape, is_q8=kind == "q8_0")
            aside.rename(target)

    return prepare


GGUF_NAMES = {"word_embeddings": "token_embd", "word_embeddings_layernorm": "token_embd_norm", "ln_f": "output_norm"}
GGUF_LAYER_NAMES = {
    "input_layernorm": "attn_norm",
    "self_attention.query_key_value": "attn_qkv",
    "self_attention.dense": "attn_output",
    "post_attention_layernorm": "ffn_norm",
    "mlp.dense_h_to_4h": "ffn_up",
    "mlp.dense_4h_to_h": "ffn_down",
}


def _write_gguf(checkpoint: Path, target: Path, shape: Shape, *, is_q8: bool) -> None:
    import gguf
    from safetensors.numpy import load_file

    writer = gguf.GGUFWriter(target, "bloom")
    writer.add_context_length(4096)
    writer.add_embedding_length(shape.hidden_size)
    writer.add_feed_forward_length(4 * shape.hidden_size)
    writer.add_block_count(shape.num_layers)
    writer.add_head_count(shape.num_heads)
    writer.add_head_count_kv(shape.num_heads)
    writer.add_layer_norm_eps(1e-5)
    writer.add_vocab_size(shape.vocabulary_size)
    writer.add_tokenizer_model("no_vocab")
    writer.add_file_type(7 if is_q8 else 0)
    for key, tensor in load_file(checkpoint / "model.safetensors").items():
        name, tensor = _as_gguf(key.removeprefix("transformer."), tensor, shape)
        if is_q8 and tensor.ndim == 2:
            kind = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, gguf.quants.quantize(tensor, kind), raw_dtype=kind)
        else:
            writer.add_tensor(name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _as_gguf(key: str, tensor: Any, shape: Shape) -> tuple[str, Any]:
    stem, part = key.rsplit(".", 1)
    if not stem.startswith("h."):
        return f"{GGUF_NAMES[stem]}.{part}", tensor
    _, layer, rest = stem.split(".", 2)
    if rest.endswith("query_key_value"):  # from (head, qkv, size) to (qkv, head, size)
        heads = (shape.num_heads, 3, shape.hidden_size // shape.num_heads)
        tensor = tensor.reshape(heads + tensor.shape[1:]).swapaxes(0, 1).reshape(tensor.shape)
    return f"blk.{layer}.{GGUF_LAYER_NAMES[rest]}.{part}", np.ascontiguousarray(tensor)


def _converted(checkpoint: Path, precision: str) -> Path:
    return checkpoint.with_name(f"{checkpoint.name}-ctranslate2-{precision}")


def _gguf(checkpoint: Path, kind: str) -> Path:
    return checkpoint.with_name(f"{checkpoint.name}-{kind}.gguf")


def _word(token: int) -> str:
    return {0: "<unk>", 1: "<s>", 2: "</s>", 3: "<pad>"}.get(token, f"t{token}")


ORACLE = "transformers, one by one"  # in fp32: whose tokens and whose time the others are held against
CANDIDATES = {
    ORACLE: Candidate("hf", transformers(1)),
    "transformers, batch of 16": Candidate("hf-batched", transformers(16), skips=frozenset({"one600", "one1500"})),
    "CTranslate2 fp32": Candidate("ct2", ctranslate2("float32"), prepare=convert_for_ctranslate2("float32")),
    "CTranslate2 int8": Candidate("ct2", ctranslate2("int8"), is_int8=True, prepare=convert_for_ctranslate2("int8")),
    "llama.cpp f32": Candidate("llamacpp", llamacpp("f32"), prepare=convert_for_llamacpp("f32")),
    "llama.cpp q8_0": Candidate("llamacpp", llamacpp("q8_0"), is_int8=True, prepare=convert_for_llamacpp("q8_0")),
    "ours fp32": Candidate("ours", ours("fp32")),
    "ours int8": Candidate("ours", ours("int8"), is_int8=True),
    "ours fp32, guessing": Candidate("ours", ours("fp32", guess_tokens=8)),
    "ours int8, guessing": Candidate("ours", ours("int8", guess_tokens=8), is_int8=True),
    "ours fp32, torch only": Candidate("ours-torch", ours("fp32", is_native=False)),
    "ours int8, torch only": Candidate("ours-torch", ours("int8", is_native=False), is_int8=True),
}
