# Calls a user's reward function: a line of JSON with completions in, a line with verdicts out that repeats
# the number of its request.
# Written so that any Python 3 can read it, and Python 2 far enough to be told what is wrong.
import json
import os
import sys

# What the user's code prints must not be taken for an answer, nor may it read requests.
requests = os.fdopen(os.dup(0), "rb")
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)
nothing = os.open(os.devnull, os.O_RDONLY)
os.dup2(nothing, 0)
os.close(nothing)

GOLD_NAMES = ("answer", "solution", "ground_truth", "target", "label", "labels", "expected_answer")
FORMS = {
    "verl": ("data_source", "solution_str", "ground_truth", "extra_info"),
    "verl_batch": ("data_sources", "solution_strs", "ground_truths", "extra_infos"),
    "trl": ("prompts", "completions", "log_extra", "log_metric"),
    "openrlhf": ("queries", "prompts", "labels"),
}
MARKS = (
    ("solution_str", "verl"),
    ("solution_strs", "verl_batch"),
    ("queries", "openrlhf"),
    ("completions", "trl"),
)
EXPECTED = (
    "compute_score(data_source, solution_str, ground_truth, extra_info) as in verl, "
    "f(prompts, completions, **columns) as in TRL, "
    "or reward_func(queries, prompts, labels) as in OpenRLHF"
)


class Fault(Exception):
    """What keeps the function from being called at all."""


def last_line(error):
    import traceback

    return traceback.format_exception_only(type(error), error)[-1].strip()


def place(error, path):
    """The last line of the user's file that the error came through."""
    import traceback

    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if os.path.abspath(frame[0]) == path:
            return "line %d, in %s: " % (frame[1], frame[2])
    return ""


def load(path):
    import importlib.util

    sys.path.insert(0, os.path.dirname(path))
    spec = importlib.util.spec_from_file_location("user_reward", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["user_reward"] = module
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        where = "" if error.filename in (None, path) else "%s, " % error.filename
        raise Fault("%sline %s: %s" % (where, error.lineno, last_line(error)))
    except ImportError as error:
        raise Fault(
            "%s%s (Python is %s %d.%d.%d; install the module there, or name another Python by the "
            "option python)"
            % ((place(error, path), last_line(error), sys.executable) + tuple(sys.version_info[:3]))
        )
    except BaseException as error:
        raise Fault(place(error, path) + last_line(error))
    return module


def parameters(function):
    import inspect

    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def form_of(function):
    names = parameters(function)
    for mark, form in MARKS:
        if mark in names:
            return form
    return None


def find(module, path, name):
    import inspect

    own = [
        key
        for key, value in vars(module).items()
        if callable(value) and not inspect.isclass(value)
        and getattr(value, "__module__", None) == module.__name__
    ]
    if name:
        function = getattr(module, name, None)
        if function is None:
            there = ", ".join(own) if own else "none"
            raise Fault("there is no function '%s'; functions there: %s" % (name, there))
        if not callable(function):
            raise Fault("'%s' is not a function, but of type %s" % (name, type(function).__name__))
        if inspect.isclass(function):
            raise Fault("'%s' is a class; name a function, or an object that can be called" % name)
        if form_of(function) is None:
            raise Fault(
                "function '%s' takes (%s); expected %s"
                % (name, ", ".join(parameters(function)), EXPECTED)
            )
        return function
    usual = [key for key in ("compute_score", "reward_func") if key in own]
    fitting = [key for key in own if form_of(getattr(module, key))]
    fitting = [key for key in usual if key in fitting] or fitting
    if len(fitting) > 1:
        fitting = [key for key in fitting if not key.startswith("_")] or fitting
    if len(fitting) != 1:
        raise Fault(
            "name one of its functions by the option function: %s" % ", ".join(fitting)
            if fitting
            else "there is no function of the form %s" % EXPECTED
        )
    return getattr(module, fitting[0])


def is_messages(value):
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(turn, dict) and "role" in turn and "content" in turn for turn in value)
    )


class Function(object):
    def __init__(self, path, name, extra, chat):
        self.path = path
        self.extra = extra
        self.chat = chat
        self.function = find(load(path), path, name)
        self.form = form_of(self.function)
        self.loop = None
        names = parameters(self.function)
        self.names = set(names)
        self.any = any(p.kind == p.VAR_KEYWORD for p in names.values())
        given = set(FORMS[self.form]) | set(extra)
        missing = [
            key
            for key, p in names.items()
            if p.default is p.empty
            and p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY, p.POSITIONAL_ONLY)
            and key not in given
        ]
        unknown = [key for key in extra if key not in names and not self.any]
        if unknown:
            raise Fault("the function takes no %s, which the option kwargs gives" % unknown[0])
        if self.form == "trl":
            never = [key for key in missing if key in ("completion_ids", "trainer_state")]
            columns = ("question",) + GOLD_NAMES
            self.needs = [key for key in missing if key not in columns]
        else:
            never = missing
            self.needs = []
        if never:
            raise Fault(
                "the function needs '%s', which is not given here; give it a default, or a value by "
                "the option kwargs" % never[0]
            )

    def select(self, values):
        """What the function takes of it."""
        return {key: value for key, value in values.items() if self.any or key in self.names}

    def finish(self, result):
        import inspect

        if not inspect.isawaitable(result):
            return result
        result = self.run([result])[0]
        if isinstance(result, BaseException):
            raise result
        return result

    def run(self, waiting):
        """The results of awaitables, which run side by side; errors among them."""
        import asyncio

        if self.loop is None:
            self.loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self.loop)
        tasks = [asyncio.ensure_future(one, loop=self.loop) for one in waiting]
        return self.loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))

    def judge(self, items):
        if not items:
            return []
        if self.form == "verl":
            return self.each(items)
        try:
            return self.listed(items)
        except BaseException as error:
            if len(items) > 1:  # one of them must not spoil the others
                return [self.judge([item])[0] for item in items]
            return [self.failure(error)]

    def failure(self, error):
        text = place(error, self.path) + last_line(error)
        if self.form == "trl" and isinstance(error, TypeError) and "indices must be" in str(error):
            text += " (if it expects chat messages, set the option completions: chat)"
        return {"error": text}

    def each(self, items):
        import inspect

        results = []
        waiting = []
        for item in items:
            try:
                result = self.function(**self.select(dict(self.verl(item), **self.extra)))
                if inspect.isawaitable(result):
                    waiting.append((len(results), result))
            except BaseException as error:
                result = error
            results.append(result)
        if waiting:
            for (at, _), value in zip(waiting, self.run([one for _, one in waiting])):
                results[at] = value
        return [self.single(result) for result in results]

    def verl(self, item):
        data = item["data"]
        info = data.get("extra_info")
        truth = data.get("ground_truth")
        return {
            "data_source": data.get("data_source", ""),
            "solution_str": item["completion"],
            "ground_truth": item["gold"] if truth is None else truth,
            "extra_info": {} if info is None else info,
        }

    def single(self, result):
        if isinstance(result, BaseException):
            return self.failure(result)
        try:
            return verdict(result, False)
        except Fault as fault:
            return {"error": str(fault)}

    def listed(self, items):
        if self.form == "verl_batch":
            all_of = [self.verl(item) for item in items]
            arguments = {key + "s": [one[key] for one in all_of] for key in FORMS["verl"]}
        elif self.form == "openrlhf":
            truths = [self.verl(item)["ground_truth"] for item in items]
            arguments = {
                "queries": [item["question"] + item["completion"] for item in items],
                "prompts": [item["question"] for item in items],
                "labels": truths,
            }
        else:
            arguments = self.trl(items)
        result = self.finish(self.function(**self.select(dict(arguments, **self.extra))))
        parts = [{} for _ in items]
        correct = [None] * len(items)
        if self.form == "openrlhf" and isinstance(result, dict):
            if "rewards" not in result:
                raise Fault("the function returned a dict without 'rewards': %s" % list(result))
            for key, value in (result.get("extra_logs") or {}).items():
                spread(parts, key, value)
            if result.get("scores") is not None:
                spread(parts, "scores", result["scores"])
                correct = [part.get("scores", 0) >= 1 for part in parts]
            result = result["rewards"]
        values = plain(result)
        if not isinstance(values, (list, tuple)) and len(items) == 1:
            values = [values]
        if not isinstance(values, (list, tuple)) or len(values) != len(items):
            raise Fault(
                "the function returned %s, expected a list of %d, one reward per completion"
                % (shown(values), len(items))
            )
        found = [verdict(value, self.form == "trl") for value in values]
        for one, more, right in zip(found, parts, correct):
            if more:
                one.setdefault("parts", {}).update(more)
            if right is not None:
                one.setdefault("correct", right)
        return found

    def trl(self, items):
        arguments = {}
        if self.any:
            for item in items:
                for key in item["data"]:
                    arguments.setdefault(key, None)
        for key in self.names:
            if any(key in item["data"] for item in items):
                arguments.setdefault(key, None)
        for key in arguments:
            arguments[key] = [item["data"].get(key) for item in items]
        for key in self.names:
            if key == "question":
                arguments.setdefault(key, [item["question"] for item in items])
            elif key in GOLD_NAMES:
                arguments.setdefault(key, [item["gold"] for item in items])
        for key in ("prompt", "completion", "completion_ids"):
            arguments.pop(key, None)
        arguments["prompts"] = []
        arguments["completions"] = []
        for item in items:
            turns = item["data"].get("prompt_messages")
            if not is_messages(turns):
                turns = item["data"].get("prompt")
            chat = is_messages(turns) if self.chat == "auto" else self.chat == "chat"
            if chat and not is_messages(turns):
                turns = [{"role": "user", "content": item["question"]}]
            text = item["completion"]
            arguments["prompts"].append(turns if chat else item["question"])
            arguments["completions"].append(
                [{"role": "assistant", "content": text}] if chat else text
            )
        arguments["log_extra"] = lambda *a, **k: None
        arguments["log_metric"] = lambda *a, **k: None
        return arguments


def plain(value):
    """Tensors and arrays as lists and numbers."""
    if hasattr(value, "detach"):
        value = value.detach().cpu()
    return value.tolist() if hasattr(value, "tolist") else value


def shown(value):
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."


def number(value):
    value = plain(value)
    if isinstance(value, (bool, int, float)):
        return float(value)
    if isinstance(value, (list, tuple)) and len(value) == 1:
        return number(value[0])
    if not isinstance(value, (str, bytes, complex)) and hasattr(value, "__float__"):
        return float(value)
    return None


def spread(parts, name, values):
    values = plain(values)
    if not isinstance(values, (list, tuple)):
        values = [values] * len(parts)
    for part, value in zip(parts, values):
        value = number(value)
        if value is not None and abs(value) <= 1e300:
            part[str(name)] = value


def verdict(value, nan_is_none):
    value = plain(value)
    found = {}
    if isinstance(value, dict):
        if "score" not in value:
            raise Fault("the function returned a dict without 'score': %s" % shown(value))
        for key, more in value.items():
            if key == "score":
                continue
            more_number = number(more)
            if more_number is not None and abs(more_number) <= 1e300:
                found.setdefault("parts", {})[str(key)] = more_number
        accuracy = number(value.get("acc"))
        if accuracy is not None:
            found["correct"] = accuracy >= 1
        for key in ("reason", "pred"):
            if isinstance(value.get(key), str):
                found.setdefault("reason", value[key])
        value = value["score"]
    elif isinstance(value, (list, tuple)) and value:
        value = value[0]
    if value is None:
        return {"none": True}
    score = number(value)
    if score is None:
        raise Fault("the function returned %s, expected a number" % shown(value))
    if score != score and nan_is_none:
        return {"none": True}
    if score != score or abs(score) > 1e300:
        raise Fault("the function returned %s, expected a finite number" % shown(value))
    found["score"] = score
    return found


def main(path, name, extra, chat):
    if sys.version_info < (3, 6):
        answer = {"fault": "Python 3.6 or newer is needed, found %d.%d" % sys.version_info[:2]}
        function = None
    else:
        import signal

        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the trainer's to answer
        try:
            function = Function(os.path.abspath(path), name, json.loads(extra), chat)
            answer = {"function": function.form, "needs": function.needs}
        except Fault as fault:
            function = None
            answer = {"fault": str(fault)}
    for line in iter(requests.readline, b""):
        request = json.loads(line.decode("ascii"))
        items = request["items"]
        answer["request"] = request["request"]
        if function is not None:
            try:
                answer["verdicts"] = function.judge(items)
            except BaseException as error:
                answer["verdicts"] = [function.failure(error)] * len(items)
        answers.write(json.dumps(answer).encode("ascii") + b"\n")
        answers.flush()


main(*sys.argv[1:])
