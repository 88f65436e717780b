"""Verdicts a second of Math-Verify on the answers that MathThroughputTest writes.

Run after: mvn -pl reward-verifiers -am -Dtest=MathThroughputTest -Dtest.excluded.groups= verify
Usage:     $(tools/bench/setup) tools/bench/math_verify_throughput.py [reward-verifiers/target/math-easy.jsonl]

One process, one thread. The gold of each problem is parsed once and kept, as the Java side does.
Both sides count processor time, so that other work on the machine does not matter.
"""

import json
import logging
import sys
import time
from importlib.metadata import version
from pathlib import Path

from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

DEFAULT = Path(__file__).parents[2] / "reward-verifiers" / "target" / "math-easy.jsonl"
TARGETS = [LatexExtractionConfig(boxed_match_priority=0), ExprExtractionConfig()]
SECONDS = 30


def main() -> None:
    logging.disable(logging.WARNING)
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT
    tasks = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    golds = {task["gold"]: parse(f"${task['gold']}$", TARGETS) for task in tasks}

    judged = 0
    right = 0
    start = time.process_time()
    for task in tasks:
        answer = parse(task["completion"], TARGETS)
        right += bool(verify(golds[task["gold"]], answer))
        judged += 1
        if time.process_time() - start > SECONDS:
            break
    seconds = time.process_time() - start
    print(
        f"math-verify {version('math-verify')}: {judged} verdicts in {seconds:.1f} s, "
        f"{judged / seconds:.0f} a second, {right} right"
    )


if __name__ == "__main__":
    main()
