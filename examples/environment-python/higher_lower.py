"""An environment for r1zero: the model guesses the number that is the problem's answer.

Reads one JSON object per line, writes one per line. See docs/environments.md.
"""

import json
import re
import sys


def step(problem, turns):
    """Answers the newest of the model's turns: observation, reward, done."""
    guesses = re.findall(r"-?[0-9]+", turns[-1])
    if not guesses:
        return "\nname a number\n", 0, False
    guess, secret = int(guesses[-1][:18]), int(problem["gold"])
    if guess == secret:
        return "", 1, True
    return ("\nhigher\n" if secret > guess else "\nlower\n"), 0, False


for line in sys.stdin:
    request = json.loads(line)
    observation, reward, done = step(request, request["turns"])
    answer = {"observation": observation, "reward": reward, "done": done}
    print(json.dumps({"request": request["request"], **answer}), flush=True)
