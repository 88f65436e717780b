"""Runs r1zero's TorchScript on pretended CUDA tensors, with no GPU: which operators would fail there, which wait for the GPU,
how many kernels a decoding step launches.

    pip install torch==2.7.1          # PyPI's build for Linux, which has the CUDA kernels
    python fake_cuda.py CHECKOUT      # a checkout of r1zero

torch's FakeTensorMode gives tensors a device and a shape but no numbers. An operator fails here that mixes devices (scalars
apart) or wrong shapes; further it is asked of each operator whether this build of libtorch has a CUDA kernel for it. What is
not seen: numbers, dtypes that a CUDA kernel refuses when it runs, time. Arguments are as the Java classes pass them where
`policy.device().isGpu()`: nothing packed, attention by CUDA's fused kernel, in the compute type.
"""

import argparse
import collections
import io
import pathlib
import re
import struct
import sys
import tempfile
import zipfile

import torch
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.utils._python_dispatch import TorchDispatchMode

CUDA = torch.device("cuda:0")
FP32, BF16 = 6, 15
TYPES = {FP32: torch.float32, BF16: torch.bfloat16}
ATTRIBUTES = ("layers", "heads", "kv_heads", "head_dim", "eps", "qkv_bias", "output_bias", "mlp_bias", "qk_norm")


# --- the sources as TorchScript, packed as TorchScriptArchive does -----------------------------------


def pickled(name, attributes):
    out = b"\x80\x02c__torch__\n" + name.encode() + b"\n)\x81}("
    for key, value in attributes.items():
        out += b"X" + struct.pack("<I", len(key)) + key.encode()
        if isinstance(value, bool):
            out += b"\x88" if value else b"\x89"
        elif isinstance(value, int):
            out += b"J" + struct.pack("<i", value)
        else:
            out += b"G" + struct.pack(">d", value)
    return out + b"ub."


def load(file, name, **attributes):
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as out:
        out.writestr("r1zero/data.pkl", pickled(name, {"training": False, **attributes}))
        out.writestr("r1zero/code/__torch__.py", file.read_text())
        out.writestr("r1zero/constants.pkl", b"\x80\x02).")
        out.writestr("r1zero/version", "3\n")
    archive.seek(0)
    return torch.jit.load(archive)


# --- what operators do -------------------------------------------------------------------------------

VIEWS = set("""alias as_strided detach expand lift_fresh permute select slice split squeeze t transpose unsqueeze view
    _unsafe_view _reshape_alias unfold unbind narrow""".split())
NO_KERNEL = VIEWS | {"empty", "new_empty", "empty_like", "new_empty_strided", "empty_strided", "device", "resize_"}


class Operators(TorchDispatchMode):
    """Counts operators below composite ones, which is where kernels are launched."""

    def __init__(self):
        super().__init__()
        self.kernels = collections.Counter()
        self.views = 0
        self.reads = 0
        self.without_cuda = set()
        self.fault = None

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        packet = func._schema.name.split("::")[1]
        if packet in ("_local_scalar_dense", "is_nonzero"):
            self.reads += 1
            return 1
        name = func._schema.name + ("." + func._schema.overload_name if func._schema.overload_name else "")
        if packet != "device" and not torch._C._dispatch_has_computed_kernel_for_dispatch_key(name, "CUDA"):
            self.without_cuda.add(name)
        if packet in NO_KERNEL:
            self.views += 1
        else:
            self.kernels[packet] += 1
        if func is torch.ops.aten.silu_backward.grad_input:
            # torch's stand-in for this variant would ask for a real device
            torch.ops.aten.silu_backward.default(*args)
            return kwargs["grad_input"]
        try:
            return func(*args, **(kwargs or {}))
        except Exception as e:  # TorchScript keeps the place, not the message
            self.fault = f"{name}: {str(e).strip().splitlines()[0]}"
            raise

    def total(self):
        return sum(self.kernels.values())


class Checks:
    def __init__(self):
        self.failed = 0

    def run(self, what, work, most=None, reads=True):
        """Fails too where more than `most` kernels are launched, or a number is read where `reads` forbids it."""
        operators = Operators()
        try:
            with operators:
                result = work()
        except Exception as e:  # whatever an operator throws
            self.failed += 1
            print(f"FAILS  {what}: {operators.fault or str(e).strip()}{place(e)}")
            return None
        marks = f"{operators.total():5d} kernels, {operators.views:5d} views"
        if operators.reads:
            marks += f", reads the GPU {operators.reads} times"
        if operators.without_cuda:
            marks += ", NO CUDA KERNEL: " + ", ".join(sorted(operators.without_cuda))
        fails = bool(operators.without_cuda)
        if most is not None and operators.total() > most:
            fails = True
            marks += f", MORE THAN {most}"
        if operators.reads and not reads:
            fails = True
            marks += ", WAITS FOR THE GPU"
        self.failed += fails
        print(f"{'FAILS ' if fails else 'ok    '} {what}: {marks}")
        return result, operators


def place(e):
    lines = re.findall(r'File "code/\S+?", line (\d+)', str(e))
    return f" (line {lines[-1]})" if lines else ""


# --- a model's arrays, as ParameterLayout has them ---------------------------------------------------


class Model:
    def __init__(self, name, layers, heads, kv_heads, head_dim, width, inner, vocabulary, tied, qkv_bias=False, qk_norm=False):
        self.name = name
        self.shape = dict(layers=layers, heads=heads, kv_heads=kv_heads, head_dim=head_dim, eps=1e-6, qkv_bias=qkv_bias,
                          output_bias=False, mlp_bias=False, qk_norm=qk_norm)
        self.width, self.inner, self.vocabulary, self.tied = width, inner, vocabulary, tied

    def weights(self, like=lambda *s: torch.zeros(s, device=CUDA)):
        s = self.shape
        absent = like(1)
        q, kv, d = s["heads"] * s["head_dim"], s["kv_heads"] * s["head_dim"], self.width
        out = []
        for _ in range(s["layers"]):
            out += [like(d), like(q + 2 * kv, d), like(q + 2 * kv) if s["qkv_bias"] else absent]
            out += [like(s["head_dim"]) if s["qk_norm"] else absent, like(s["head_dim"]) if s["qk_norm"] else absent]
            out += [like(d, q), absent, like(d), like(2 * self.inner, d), absent, like(d, self.inner), absent]
        embedding = like(self.vocabulary, d)
        return out + [embedding, like(d), embedding if self.tied else like(self.vocabulary, d)]

    def angles(self):
        return torch.zeros(32768, self.shape["head_dim"] // 2, device=CUDA)


SMALL = [
    Model("llama", 2, 4, 2, 16, 64, 128, 1000, tied=True),
    Model("qwen2", 2, 4, 2, 16, 64, 128, 1000, tied=False, qkv_bias=True),
    Model("qwen3", 2, 4, 2, 32, 64, 128, 1000, tied=True, qk_norm=True),
]
LARGE = [
    Model("SmolLM2-135M", 30, 9, 3, 64, 576, 1536, 49152, tied=True),
    Model("Qwen2.5-1.5B", 28, 12, 2, 128, 1536, 8960, 151936, tied=True, qkv_bias=True),
    Model("Qwen2.5-7B", 28, 28, 4, 128, 3584, 18944, 152064, tied=False, qkv_bias=True),
    Model("Qwen3-1.7B", 28, 16, 8, 128, 2048, 6144, 151936, tied=True, qk_norm=True),
]


# Kernels that a decoding step of even and of uneven rows may launch: one operator more per layer is too many.
MOST = {"SmolLM2-135M": (720, 820), "Qwen2.5-1.5B": (700, 790), "Qwen2.5-7B": (700, 790), "Qwen3-1.7B": (880, 980)}

# The same of the micro-batch in `training_counts`, forward and backward through the blocks.
MOST_TRAINED = {"SmolLM2-135M": (1390, 3140), "Qwen2.5-1.5B": (1330, 2985)}


def ids(n):
    return torch.zeros(n, dtype=torch.int64, device=CUDA)


# --- training ----------------------------------------------------------------------------------------


def decoder(sources, model, dtype, attention=1):
    """With attention by CUDA's fused kernels (1), plain operators (0), or the CPU's fused ones (2)."""
    return load(sources / "decoder.py", "Decoder", dtype=dtype, attention=attention, **model.shape)


def training(checks, sources, model, dtype, attention=1, limit=1 << 22):
    name = f"{model.name} {'bf16' if dtype == BF16 else 'fp32'}{'' if attention else ' plain attention'}"
    d = decoder(sources, model, dtype, attention)
    w = model.weights()
    grads = [torch.zeros_like(x) for x in w]
    cos, sin = model.angles(), model.angles()
    # two prompts of 7 and 5 tokens in one rectangle, three completions of the first, two of the second
    plan = [0, 12, 2, 7, 0, 0, 12, 15, 3, 6, 0, 7, 27, 8, 2, 4, 7, 5]
    places = [ids(12), ids(15), ids(8)]
    rows, targets = 35, ids(25)
    tokens, positions, wanted = ids(rows), ids(rows), ids(25)
    for keep in (0, 1, 2):
        done = checks.run(f"{name} decoder forward, keep {keep}",
                          lambda: d.forward(w, cos, sin, tokens, positions, plan, places, wanted, keep, limit))
        if done is None:
            return
        kept = done[0]
        block = min(model.vocabulary, max(256, limit // 25 // 64 * 64))
        outputs = checks.run(f"{name} token_log_probs", lambda: d.token_log_probs(kept[-1], w[-1], targets, 1.0, block))
        if keep == 0 or outputs is None:
            continue
        lp, entropy, z = outputs[0]
        for entropies in (False, True):
            g = checks.run(f"{name} token_log_probs_backward, entropy {entropies}",
                           lambda: d.token_log_probs_backward(kept[-1], w[-1], targets, z, entropy, torch.zeros_like(lp),
                                                              torch.zeros_like(lp), entropies, 1.0, block, grads[-1]))
        checks.run(f"{name} decoder backward, keep {keep}",
                   lambda: d.backward(g[0], kept, w, grads, [], [], 1.0, cos, sin, tokens, positions, plan, places, wanted, keep, limit))
    checks.run(f"{name} greedy_matches", lambda: d.greedy_matches(kept[-1], w[-1], targets, 8))
    checks.run(f"{name} reverse_kl", lambda: d.reverse_kl(kept[-1], w[-1], kept[-1], w[-1], 1.0, 1.0, 8, grads[-1]))
    adapters, base = lora(model)
    a_grads = [torch.zeros_like(a) for a in adapters]
    merged = [x.clone() for x in base]
    checks.run(f"{name} LoRA merge", lambda: d.merge(base, merged, adapters, 2.0))
    checks.run(f"{name} LoRA versions", lambda: d.versions(adapters))
    checks.run(f"{name} LoRA backward",
               lambda: d.backward(g[0], kept, w, [], adapters, a_grads, 2.0, cos, sin, tokens, positions, plan, places, wanted, 2, limit))


def lora(model, rank=4):
    s, w = model.shape, model.weights()
    q, kv = s["heads"] * s["head_dim"], s["kv_heads"] * s["head_dim"]
    out = []
    for _ in range(s["layers"]):
        for rows, columns in ((q, model.width), (kv, model.width), (kv, model.width), (model.width, q),
                              (model.inner, model.width), (model.inner, model.width), (model.width, model.inner)):
            out += [torch.zeros(rank, columns, device=CUDA), torch.zeros(rows, rank, device=CUDA)]
    return out, w


def optimizer(checks, root):
    folder = root / "grpo-core/src/main/resources/org/r1zero/grpo/optim"
    o = load(folder / "optimizer.py", "Optimizer")
    params = [torch.zeros(8, 4, device=CUDA), torch.zeros(4, device=CUDA)]
    grads, m, v = ([torch.zeros_like(p) for p in params] for _ in range(3))
    steps = [torch.zeros((), device=CUDA) for _ in params]  # AdamW.java makes them with the parameters' manager
    checks.run("optimizer clip", lambda: o.clip(grads, 1.0))
    checks.run("optimizer count", lambda: o.count(steps))
    checks.run("optimizer adamw", lambda: o.adamw(params, grads, m, v, steps, 1e-3, 0.9, 0.999, 0.0, 1e-8))
    far = torch.zeros(8, 4)
    near = checks.run("optimizer fetch", lambda: o.fetch(params[0], grads[0], far, far.clone(), 3, 9))
    if near:
        checks.run("optimizer store", lambda: o.store(far, far.clone(), near[0][2], near[0][3], 3, 9))
    checks.run("optimizer zero", lambda: o.zero(grads))
    r = load(folder / "reference.py", "Reference")
    checks.run("reference mix", lambda: r.mix(params, grads, 0.5))
    models = root / "grpo-core/src/main/resources/org/r1zero/grpo/model"
    s = load(models / "snapshot.py", "Snapshot")
    flat = checks.run("snapshot memory", lambda: s.memory(params[0], 128, BF16))[0]
    part = checks.run("snapshot part", lambda: s.part(flat, 0, 8, 4))[0]
    checks.run("snapshot copy_into", lambda: s.copy_into([part], [params[0]]))
    p = load(models / "products.py", "Products", dtype=BF16)
    arrays = checks.run("products prepare", lambda: p.prepare(torch.zeros(8, 4, device=CUDA), torch.zeros(6, 4, device=CUDA),
                                                             torch.zeros(8, 6, device=CUDA)))[0]
    checks.run("products", lambda: p.products(arrays))


# --- sampling ----------------------------------------------------------------------------------------


def generation(sources, model, dtype):
    return load(sources / "generation.py", "Generation", dtype=dtype, attention_dtype=dtype, fused=False, packed=False, few=True,
                efficient=model.shape["head_dim"] % 8 == 0, **model.shape)


def step(g, w, model, dtype, n, slots, prompt, own, even=True, full=True, ordered=True, sampling=(1.0, 0, 1.0, 0.0)):
    cos, sin = model.angles(), model.angles()
    like = torch.zeros(1, device=CUDA)
    prefix, cache = g.new_cache(like, slots, prompt), g.new_cache(like, n, own + 32)
    members = -(-n // slots)
    room = torch.zeros(n, model.vocabulary, device=CUDA)
    numbers = ids(3 * n + slots * members + n + slots)
    return lambda: g.step(
        w, cos, sin, prefix, cache, numbers, n, slots * members, even, [n], [own], full, prompt, ordered, room,
        torch.zeros(n, device=CUDA), *sampling)


SAMPLINGS = {"plain": (1.0, 0, 1.0, 0.0), "temperature": (0.7, 0, 1.0, 0.0), "greedy": (0.0, 0, 1.0, 0.0),
             "top_k": (1.0, 50, 1.0, 0.0), "top_p": (1.0, 0, 0.9, 0.0), "min_p": (1.0, 0, 1.0, 0.1)}


def sampling(checks, sources, model, dtype):
    name = f"{model.name} {'bf16' if dtype == BF16 else 'fp32'}"
    g = generation(sources, model, dtype)
    masters = model.weights()
    w = checks.run(f"{name} narrow_few", lambda: g.narrow_few(masters))[0]
    cos, sin = model.angles(), model.angles()
    prompts = torch.zeros(3, 40, dtype=torch.int64, device=CUDA)
    for chunk in (64, 16):
        # which kernel scaled_dot_product_attention takes is asked of the GPU, so here it is the one of plain operators
        with torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH):
            prefilled = checks.run(f"{name} prefill, chunks of {chunk}", lambda: g.prefill(w, cos, sin, prompts, ids(3), chunk))
    prefix = g.new_cache(cos, 3, 40)
    if prefilled:
        checks.run(f"{name} fill_slots", lambda: g.fill_slots(prefix, prefilled[0], 0))
        room = torch.zeros(4, model.vocabulary, device=CUDA)
        checks.run(f"{name} first_logits", lambda: g.first_logits([prefilled[0][-1]], w[model.shape["layers"] * 12 + 2], room))
        checks.run(f"{name} pick_rows", lambda: g.pick_rows(prefilled[0][-1], ids(2)))
    checks.run(f"{name} move_row", lambda: g.move_row(prefix, 1, 0, 5))
    checks.run(f"{name} grow", lambda: g.grow(prefix[0], 5, 50))
    checks.run(f"{name} products", lambda: g.products(w, torch.zeros(4, model.width, device=CUDA), True))
    for even in (True, False):
        for full in (True, False):
            for ordered in (True, False):
                checks.run(f"{name} decode_and_sample, even {even}, full {full}, ordered {ordered}",
                           step(g, w, model, dtype, 6, 2, 40, 9, even, full, ordered), reads=False)
    for what, how in SAMPLINGS.items():
        checks.run(f"{name} decode_and_sample, {what}", step(g, w, model, dtype, 6, 2, 40, 9, sampling=how), reads=False)


def counts(checks, sources):
    print("\nA decoding step of 64 sequences (8 prompts of 256 tokens, 128 own), bf16:")
    for model in LARGE:
        g = generation(sources, model, BF16)
        narrow = lambda *s: torch.zeros(s, device=CUDA, dtype=torch.bfloat16)
        for what, even in (("all of one length", True), ("of several lengths", False)):
            done = checks.run(f"{model.name} {what}", step(g, g.narrow_few(model.weights(narrow)), model, BF16, 64, 8, 256, 128, even, even, even),
                              most=MOST[model.name][0 if even else 1], reads=False)
            if done and not even:
                print("       most launched:", ", ".join(f"{k} {v}" for k, v in done[1].kernels.most_common(16)))


def training_counts(checks, sources):
    limit = 1 << 27  # TrainingNetwork.GPU_LIMIT
    print(f"\nA micro-batch of 8 completions of 512 tokens after a prompt of 256, bf16, LIMIT 2^{limit.bit_length() - 1}:")
    for model in LARGE[:2]:
        d = decoder(sources, model, BF16)
        w = model.weights()
        grads = [torch.zeros_like(x) for x in w]
        cos, sin = model.angles(), model.angles()
        rows, n = 256 + 8 * 511, 8 * 512
        plan, places = [0, 256, 1, 256, 0, 0, 256, 8 * 511, 8, 511, 0, 256], [ids(256), ids(8 * 511)]
        batch = (ids(rows), ids(rows), plan, places, ids(n), 2, limit)
        block = min(model.vocabulary, max(256, limit // n // 64 * 64))
        forward, backward = MOST_TRAINED[model.name]
        kept = checks.run(f"{model.name} forward", lambda: d.forward(w, cos, sin, *batch), most=forward, reads=False)[0]
        lp, entropy, z = checks.run(f"{model.name} token_log_probs",
                                    lambda: d.token_log_probs(kept[-1], w[-1], ids(n), 1.0, block))[0]
        g = checks.run(f"{model.name} token_log_probs_backward",
                       lambda: d.token_log_probs_backward(kept[-1], w[-1], ids(n), z, entropy, lp, lp, False, 1.0, block, grads[-1]))[0]
        checks.run(f"{model.name} backward", lambda: d.backward(g, kept, w, grads, [], [], 1.0, cos, sin, *batch),
                   most=backward, reads=False)


# What is planted: a name, the text of generation.py that is replaced, by what, attributes that are set otherwise.
PLANTED = [
    ("a mask made on the CPU", "ge(torch.unsqueeze(steps, 0), torch.unsqueeze(ends, 1))",
     'ge(torch.unsqueeze(torch.to(steps, torch.device("cpu"), 4), 0), torch.unsqueeze(ends, 1))', {}),
    ("attention that CPUs alone have", "", "", {"fused": True}),
    ("products that CPUs alone have", "", "", {"packed": True}),
    ("one operator more per layer", "      q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)\n      keys",
     "      x = torch.mul(x, 1.)\n      q, k, v = self.queries_keys_values(x, w, i * 12, cos, sin)\n      keys", {}),
    ("a number read in each step", "    if torch.__not__(even):\n", "    if bool(torch.any(torch.ge(own, 0))):\n", {}),
]


def planted(sources, folder):
    """Each planted fault must be found, and nothing where none is planted."""
    missed = 0
    model = LARGE[1]
    for name, old, new, attributes in [("nothing", "", "", {})] + PLANTED:
        text = (sources / "generation.py").read_text()
        if text.count(old) != 1 and old:
            sys.exit(f"generation.py has no single place for {name}")
        file = folder / "generation.py"
        file.write_text(text.replace(old, new, 1) if old else text)
        checks = Checks()
        with FakeTensorMode():
            narrow = lambda *s: torch.zeros(s, device=CUDA, dtype=torch.bfloat16)
            settings = dict(dtype=BF16, attention_dtype=BF16, fused=False, packed=False, few=True, efficient=True, **model.shape)
            sound = load(sources / "generation.py", "Generation", **settings)
            g = load(file, "Generation", **{**settings, **attributes})
            weights = sound.narrow_few(model.weights(narrow))
            for even in (True, False):
                checks.run(name, step(g, weights, model, BF16, 64, 8, 256, 128, even, even, even),
                           most=MOST[model.name][0 if even else 1], reads=False)
        found = checks.failed > 0
        if found != (name != "nothing"):
            missed += 1
            print(f"MISSED: {name}")
    print(f"\n{len(PLANTED) + 1 - missed} of {len(PLANTED) + 1} judged rightly")
    return missed


def compare(sources):
    """The branch that CUDA takes against that of CPUs, both computed here: the same numbers but for rounding."""
    print("\nWhat CUDA would compute against what CPUs do, both on this CPU, largest difference of hidden states and log-probs:")
    for model in SMALL:
        for dtype in (FP32, BF16):
            a, b = (decoded(sources, model, dtype, cuda) for cuda in (False, True))
            print(f"{model.name} {'bf16' if dtype == BF16 else 'fp32'}: {difference(a, b):.1e}")


def difference(a, b):
    return max((x.double().cpu() - y.double().cpu()).abs().max().item() for x, y in zip(a, b))


def random_weights(model, device="cpu"):
    torch.manual_seed(1)
    w = model.weights(lambda *s: (torch.randn(*s) * 0.15 if len(s) == 2 else 1 + torch.randn(*s) * 0.1).to(device))
    return w


def decoded(sources, model, dtype, cuda, device="cpu"):
    """Hidden states of two prefills, and the log-probs of a step whose rows are in every way uneven."""
    w = random_weights(model, device)
    g = load(sources / "generation.py", "Generation", dtype=dtype, attention_dtype=dtype if cuda else FP32, fused=not cuda,
             packed=not cuda, few=cuda, efficient=device != "cpu", **model.shape)
    w = g.narrow_few(w) if cuda else g.pack(w)
    width = model.shape["head_dim"]
    angles = torch.outer(torch.arange(512.0), 1 / 10000 ** (torch.arange(0, width, 2) / width)).to(device)
    cos, sin = angles.cos(), angles.sin()
    long = lambda *numbers: torch.tensor(numbers, device=device)
    prompts, last = torch.randint(0, model.vocabulary, (3, 40)).to(device), long(39, 20, 7)
    out = []
    for chunk in (64, 16):
        prefilled = g.prefill(w, cos, sin, prompts, last, chunk)
        out.append(prefilled[-1])
    prefix, cache = g.new_cache(cos, 3, 40), g.new_cache(cos, 6, 16)
    g.fill_slots(prefix, prefilled, 0)
    for i, array in enumerate(cache):
        array.copy_(torch.randn(array.shape, generator=torch.Generator().manual_seed(i)) * 0.3)
    own, owner = long(3, 9, 5, 0, 2, 9), long(0, 1, 2, 0, 1, 2)
    grid, place = long(0, 3, 1, 4, 2, 5), long(0, 2, 4, 1, 3, 5)
    for how in ((1.0, 0, 1.0, 0.0), (0.7, 50, 0.9, 0.0), (0.0, 0, 1.0, 0.0)):
        room = torch.zeros(6, model.vocabulary, device=device)
        step = g.decode_and_sample(w, cos, sin, prefix, cache, owner + 7, last[owner] + 1 + own, own, False, [6], [9], last + 1,
                                   False, 40, grid, place, False, room, torch.linspace(0.05, 0.95, 6).to(device), *how)
        if dtype == FP32 or how[0] == 0.0:  # in bf16 another token may be drawn
            out.append(step[2])
    return out


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkout", type=pathlib.Path)
    parser.add_argument("--counts", action="store_true", help="count kernels of large models too (a minute or two)")
    parser.add_argument("--planted", action="store_true", help="check this check: faults that are planted must be found")
    args = parser.parse_args()
    sources = args.checkout / "grpo-core/src/main/resources/org/r1zero/grpo/model"
    if not torch.backends.cuda.is_built():
        sys.exit("this torch is built without CUDA; install PyPI's build for Linux x86-64")
    checks = Checks()
    with torch.jit.optimized_execution(False), torch.no_grad():  # as Torch.prepareThread
        if args.planted:
            with tempfile.TemporaryDirectory() as folder:
                sys.exit(planted(sources, pathlib.Path(folder)))
        with FakeTensorMode():
            for model in SMALL:
                for dtype in (FP32, BF16):
                    training(checks, sources, model, dtype)
                    training(checks, sources, model, dtype, attention=0)
                    sampling(checks, sources, model, dtype)
            optimizer(checks, args.checkout)
            if args.counts:
                counts(checks, sources)
                training_counts(checks, sources)
        compare(sources)
    print(f"\n{checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
