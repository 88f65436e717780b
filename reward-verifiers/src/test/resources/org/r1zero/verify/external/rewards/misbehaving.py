import os
import subprocess
import sys
import time


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    if solution_str == "hang":
        subprocess.Popen(["sleep", "973"])
        time.sleep(972)
    if solution_str == "exit":
        sys.exit(3)
    if solution_str == "die":
        sys.stderr.write("no more memory\n")
        sys.stderr.flush()
        os._exit(9)
    if solution_str == "stdout":
        os.write(1, b'{"verdicts": [{"score": 100}]}\n')
        subprocess.call(["echo", '{"verdicts": [{"score": 100}]}'])
        sys.__stdout__.write("noise\n")
        sys.__stdout__.flush()
        sys.stdin.read()
    if solution_str == "key":
        return {}["answer"]
    if solution_str == "nan":
        return float("nan")
    if solution_str == "text":
        return "good"
    if solution_str == "dict":
        return {"reward": 1}
    if solution_str == "tuple":
        return (0.5, {"more": 1})
    if solution_str == "none":
        return None
    if solution_str == "big":
        return 5
    return 1 if solution_str == ground_truth else 0
