#!/usr/bin/env python3
"""A verifier in Python: an answer of at most `max_words` words (a field of the problem's data).

It reads one problem with its completion a line and answers one verdict a line. What it prints for
itself goes to standard error: standard output is for verdicts alone.
"""
import json
import sys


def judge(request):
    limit = request["data"].get("max_words", 50)
    words = len(request["completion"].split())
    if words <= limit:
        return {"score": 1, "reason": f"{words} words"}
    return {"score": limit / words, "outcome": "partial", "reason": f"{words} words, over {limit}"}


for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps({"request": request["request"], **judge(request)}), flush=True)
