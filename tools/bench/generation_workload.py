"""What `r1zero bench generate` samples: GenerationWorkload.java, for the rivals' scripts."""

import time

SHORTEST = 16


def add_options(parser):
    parser.add_argument("--lengths", choices=["fixed", "spread"], default="fixed")
    for name, value in (("problems", 4), ("group", 8), ("prompt", 100), ("new", 128), ("warmup", 0), ("rounds", 1)):
        parser.add_argument("--" + name, type=int, default=value)


def prompts(problems, tokens, vocabulary, first=0):
    """GenerationWorkload.requests; other prompts where the first problem is another."""
    out = []
    for p in range(first, first + problems):
        state, ids = p + 1, []
        for _ in range(tokens):
            state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
            ids.append(2 + (state >> 33) % (vocabulary - 2))
        out.append(ids)
    return out


def in_rounds(args, vocabulary, sample):
    """Calls sample(prompts) for each round; seconds and tokens of the timed ones."""
    seconds = tokens = 0
    for r in range(args.warmup + args.rounds):
        these = prompts(args.problems, args.prompt, vocabulary, r * args.problems)
        started = time.perf_counter()
        sampled = sample(these)
        if sampled != sum(lengths(args)):
            raise SystemExit(f"sampled {sampled} tokens of {sum(lengths(args))}")
        if r >= args.warmup:
            seconds += time.perf_counter() - started
            tokens += sampled
    return seconds, tokens


def lengths(args):
    """GenerationWorkload.length."""
    n = args.problems * args.group
    if args.lengths == "fixed" or n == 1:
        return [args.new] * n
    return [round(SHORTEST * (args.new / SHORTEST) ** (i * 7919 % n / (n - 1))) for i in range(n)]
