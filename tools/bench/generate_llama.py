"""Samples what `r1zero bench generate` samples, with llama.cpp through llama-cpp-python's low-level API.

A prompt is read once and its keys and values are copied to the sequences of its group; each step decodes all
sequences that run; sequences that are done leave, the last takes the place, since llama.cpp splits a batch
whose sequences have gaps. Each sequence has a stream of its own (kv_unified off): a shared one would let
each attend, masked, to all. Temperature 1, no filters; llama.cpp's own sampler takes 49,152 candidates one
by one, so NumPy draws from all logits at once, which is faster. One JSON line. Run by generate_vs_trl.sh.
"""

import argparse
import ctypes
import json
import os
import resource

import llama_cpp as llama
import numpy as np

import generation_workload as workload


class Engine:
    def __init__(self, path, sequences, length, prompt_tokens, threads, flash=False, unified=False):
        self.quiet = llama.llama_log_callback(lambda level, text, data: None)
        llama.llama_log_set(self.quiet, None)
        llama.llama_backend_init()
        self.model = llama.llama_model_load_from_file(path.encode(), llama.llama_model_default_params())
        if not self.model:
            raise SystemExit(f"llama.cpp can't load {path}")
        self.vocabulary = llama.llama_vocab_n_tokens(llama.llama_model_get_vocab(self.model))
        params = llama.llama_context_default_params()
        params.n_seq_max = sequences
        params.n_ctx = sequences * ((length + 255) // 256 * 256)
        params.n_batch = params.n_ubatch = max(prompt_tokens, sequences)
        params.n_threads = params.n_threads_batch = threads
        params.kv_unified = unified
        params.flash_attn_type = llama.LLAMA_FLASH_ATTN_TYPE_ENABLED if flash else llama.LLAMA_FLASH_ATTN_TYPE_DISABLED
        self.context = llama.llama_init_from_model(self.model, params)
        if not self.context:
            raise SystemExit("llama.cpp can't make a context")
        self.memory = llama.llama_get_memory(self.context)
        self.batch = llama.llama_batch_init(params.n_batch, 0, 1)
        self.random = np.random.default_rng(0)

    def decode(self, rows):
        """rows: (token, position, sequence, whether its logits are wanted); the logits wanted, [rows, V]."""
        batch, wanted = self.batch, 0
        batch.n_tokens = len(rows)
        for i, (token, position, sequence, logits) in enumerate(rows):
            batch.token[i], batch.pos[i] = token, position
            batch.n_seq_id[i], batch.seq_id[i][0] = 1, sequence
            batch.logits[i] = logits
            wanted += logits
        code = llama.llama_decode(self.context, batch)
        if code != 0:
            raise SystemExit(f"llama_decode gave {code}")
        pointer = llama.llama_get_logits(self.context)
        return np.ctypeslib.as_array(ctypes.cast(pointer, ctypes.POINTER(ctypes.c_float)), (wanted, self.vocabulary))

    def draw(self, logits):
        """A token of each row, by inverse transform."""
        sums = np.exp(logits - logits.max(axis=1, keepdims=True)).cumsum(axis=1)
        at = self.random.random(len(sums), dtype=np.float32) * sums[:, -1]
        return [int(min(np.searchsorted(s, a), self.vocabulary - 1)) for s, a in zip(sums, at)]

    def move(self, source, target):
        """Takes a sequence to the place of one that is done."""
        llama.llama_memory_seq_rm(self.memory, target, -1, -1)
        if source != target:
            llama.llama_memory_seq_cp(self.memory, source, target, -1, -1)
            llama.llama_memory_seq_rm(self.memory, source, -1, -1)

    def clear(self):
        llama.llama_memory_clear(self.memory, False)


def sample(engine, prompts, group, wanted):
    """Tokens sampled; wanted has a length for each sequence."""
    rows = []
    for p, prompt in enumerate(prompts):
        rows += [(token, i, p * group, i == len(prompt) - 1) for i, token in enumerate(prompt)]
    first = engine.draw(np.repeat(engine.decode(rows), group, axis=0))
    running = []
    for i, token in enumerate(first):
        if i % group:
            llama.llama_memory_seq_cp(engine.memory, i - i % group, i, -1, -1)
        running.append([token, len(prompts[0]), 1, wanted[i]])  # next token, its position, sampled, wanted
    tokens = len(running)
    while running:
        for slot in range(len(running) - 1, -1, -1):
            if running[slot][2] >= running[slot][3]:
                last = running.pop()
                engine.move(len(running), slot)
                if slot < len(running):
                    running[slot] = last
        if not running:
            break
        logits = engine.decode([(r[0], r[1], slot, True) for slot, r in enumerate(running)])
        for r, token in zip(running, engine.draw(logits)):
            r[0], r[1], r[2] = token, r[1] + 1, r[2] + 1
        tokens += len(running)
    return tokens


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gguf", required=True)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--flash", action="store_true", help="flash attention")
    parser.add_argument("--unified", action="store_true", help="one stream for all sequences")
    workload.add_options(parser)
    args = parser.parse_args()
    wanted = workload.lengths(args)
    longest = args.prompt + max(wanted)
    engine = Engine(args.gguf, len(wanted), longest, args.problems * args.prompt, args.threads, args.flash, args.unified)
    warm = workload.prompts(args.problems, args.prompt, engine.vocabulary)
    sample(engine, warm, args.group, [3] * len(wanted))

    def round_of(prompts):
        engine.clear()
        return sample(engine, prompts, args.group, wanted)

    seconds, tokens = workload.in_rounds(args, engine.vocabulary, round_of)
    result = {
        "llama_cpp_python": llama.__version__,
        "system": llama.llama_print_system_info().decode(),
        "tokens": tokens,
        "seconds": seconds,
        "tokens_per_s": tokens / seconds,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
