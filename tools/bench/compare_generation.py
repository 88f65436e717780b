"""The sides of generate_vs_trl.sh, in turns: prints a table, and appends a JSON line a case. Standard library only.

A side that fails or takes too long has {"error": why} for its figures, and its last line of stderr is printed.
"""

import argparse
import importlib.metadata
import json
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
EMBEDDED = {"embedded": "embedded-base", "embedded-small": "embedded-small"}
RESOURCES = ROOT / "experiments/src/main/resources/org/r1zero"
COLUMNS = "case ours int8 generate continuous llama ratio our-roof their-roof our-MB their-MB".split()
FORMAT = "{:<29}" + " {:>9}" * 5 + " {:>6}" + " {:>10}" * 2 + " {:>7} {:>8}"


def machine(ours):
    """What the figures belong to."""
    try:
        cpu = pathlib.Path("/proc/cpuinfo").read_text()
    except OSError:
        cpu = ""
    model = re.search(r"model name\s*:\s*(.*)", cpu)
    flags = re.search(r"flags\s*:\s*(.*)", cpu)
    wanted = re.findall(r"\b(?:amx_\w+|avx2|avx512f|avx512_(?:bf16|fp16|vnni)|avx_vnni)\b", flags[1] if flags else "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    about = {
        "cpu": model[1].strip() if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(memory, 1),
        "flags": sorted(set(wanted)),
        "load": round(os.getloadavg()[0], 2),
        "system": platform.platform(),
        "r1zero": last_line(run(ours + ["--version"], 900)[0]),
        "commit": last_line(run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], 20)[0]),
    }
    for package in ("torch", "transformers", "trl"):
        try:
            about[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            about[package] = "missing"
    return about


def last_line(text):
    lines = [line for line in re.split(r"[\r\n]+", text) if line.strip()]
    return lines[-1].strip() if lines else ""


def run(command, timeout, environment=None):
    """Standard output, and why it failed or None."""
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=timeout, env={**os.environ, **(environment or {})}
        )
    except subprocess.TimeoutExpired:
        return "", f"took more than {timeout} s"
    except OSError as e:
        return "", str(e)
    if done.returncode != 0:
        code = done.returncode
        how = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return done.stdout, f"{how}: {last_line(done.stderr) or last_line(done.stdout) or 'said nothing'}"
    return done.stdout, None


def figures(name, command, timeout, environment=None):
    """A side's JSON."""
    print(f"  {name} ...", file=sys.stderr, flush=True)
    out, error = run(command, timeout, environment)
    if error is None:
        try:
            return json.loads(last_line(out))
        except ValueError:
            error = f"printed no JSON but: {last_line(out)}"
    return {"error": error}


def folder(model):
    return str(RESOURCES / EMBEDDED[model]) if model in EMBEDDED else model


def gguf(args, model, kind):
    """The model's GGUF file, made once; its errors are those of the side that reads it."""
    out = pathlib.Path(args.cache) / f"{pathlib.Path(folder(model)).name}-{kind}.gguf"
    if not out.exists():
        maker = [args.llama_python, str(HERE / "make_gguf.py"), folder(model), f"{out}.new", "--type", kind]
        error = run(maker, args.timeout)[1]
        if error:
            print(f"  GGUF: {error}", file=sys.stderr)
            return None
        os.replace(f"{out}.new", out)
    return str(out)


def measure(args, ours, case):
    """One case: DTYPE:PROBLEMS:LENGTHS:NEW, with :MODEL where it is another than the command line's."""
    dtype, problems, lengths, new, *other = case.split(":")
    model = other[0] if other else args.model
    our_model = model if other else os.environ.get("R1ZERO_BENCH_OUR_MODEL", model)
    load = ["--problems", problems, "--group", "8", "--prompt", str(args.prompt), "--new", new, "--lengths", lengths]
    if our_model in EMBEDDED:  # a second's work: once alone says more about starting than about sampling
        load += ["--warmup", "2", "--rounds", "4"]
    bench = ours + ["bench", "generate", "--model", our_model, *load, "--json", "--dtype"]
    rival = [sys.executable, str(HERE / "generate_vs_trl.py"), "--model", folder(model), "--dtype", dtype, *load]
    sides = {"ours": figures("ours", bench + [dtype], args.timeout)}
    if args.int8 and dtype == "bf16":
        sides["int8"] = figures("int8", bench + ["int8"], args.timeout)
    sides["generate"] = figures("generate", rival, args.timeout)
    if args.continuous:
        sides["continuous"] = figures("continuous", rival + ["--mode", "continuous"], args.timeout)
    if args.llama_python:
        kinds = {"bf16": ("bf16", "f16", "f32"), "fp32": ("f32",)}[dtype]  # f32 can be the fastest of its kernels
        for kind in kinds + (("q8_0",) if args.int8 and dtype == "bf16" else ()):
            file = gguf(args, model, kind)
            name = f"llama_{kind}"
            command = [args.llama_python, str(HERE / "generate_llama.py"), "--gguf", str(file), *load]
            sides[name] = figures(name, command, args.timeout) if file else {"error": "no GGUF file"}
    return {"case": case, "model": model, "prompt": args.prompt, **sides}


def rate(sides, *names):
    """The best tokens/s of these; 0 where all failed."""
    return max((sides.get(name, {}).get("tokens_per_s", 0) for name in names), default=0)


def row(result):
    """A line of the table."""
    rate_of = lambda *names: rate(result, *names)
    theirs = max(("generate", "continuous"), key=rate_of)
    limit = result["ours"].get("roofline_tokens_per_s", 0)
    number = lambda value, form: format(value, form) if value else "-"
    share = lambda value: f"{100 * value / limit:.0f} %" if value and limit else "-"
    best = rate_of(theirs)
    return FORMAT.format(
        result["case"],
        *(number(rate_of(name), ",.0f") for name in ("ours", "int8", "generate", "continuous")),
        number(rate_of("llama_bf16", "llama_f16", "llama_f32"), ",.0f"),
        number(rate_of("ours") / best if best else 0, ".1f"),
        share(rate_of("ours")),
        share(best),
        number(result["ours"].get("peak_rss_mb", 0), ",.0f"),
        number(result.get(theirs, {}).get("peak_rss_mb", 0), ",.0f"),
    )


def with_shares(result):
    """Each side's share of what our process measured as this machine's limit."""
    limit = result["ours"].get("roofline_tokens_per_s", 0)
    for side in result.values():
        if limit and isinstance(side, dict) and "tokens_per_s" in side and "roofline_share" not in side:
            side["roofline_share"] = side["tokens_per_s"] / limit
    best = rate(result, "generate", "continuous")
    return {**result, "ratio": rate(result, "ours") / best if best else None}


def already(path):
    """Cases in the file, by model, prompt and case."""
    if not path or not os.path.exists(path):
        return {}
    lines = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines() if line.strip()]
    return {(r["model"], r["prompt"], r["case"]): r for r in lines if "case" in r}


def keep(path, line):
    if path:
        with open(path, "a") as file:
            file.write(json.dumps(line) + "\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("cases", nargs="+")
    parser.add_argument("--ours", required=True, help="the command, words separated by blanks")
    parser.add_argument("--prompt", type=int, default=100)
    parser.add_argument("--timeout", type=int, default=600, help="seconds a side")
    parser.add_argument("--out", help="file that the JSON lines are appended to")
    parser.add_argument("--continuous", type=int, default=1)
    parser.add_argument("--int8", type=int, default=0)
    parser.add_argument("--llama-python", default="", help="Python that has llama-cpp-python")
    parser.add_argument("--cache", default=".", help="folder of GGUF files")
    args = parser.parse_args()
    ours = args.ours.split()
    done = already(args.out)
    about = {"machine": machine(ours)}
    keep(args.out, about)
    print(json.dumps(about))
    print(FORMAT.format(*COLUMNS), flush=True)
    for case in args.cases:
        model = (case.split(":") + [""])[4] or args.model
        result = done.get((model, args.prompt, case))
        if result is None:
            result = with_shares(measure(args, ours, case))
            keep(args.out, result)
        print(row(result))
        for name, side in result.items():
            if isinstance(side, dict) and "error" in side:
                print(f"  {name}: {side['error']}")
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
