"""Runs trusted tests against a program that runs elsewhere (worker.py, in another sandbox).

The tests see stand-ins for the program's functions. A call sends the arguments to the worker and
gets back a plain value, rebuilt here from text; comparing it with what is expected is done by this
interpreter on its own types. Nothing of the program is ever executed here, and nothing that is
expected is ever sent there.

Lines on stdin: a job (JSON, which is also a Python literal), then a reply for each request. Lines on stdout: `C` and a request
for the worker, or `V` and the verdict as JSON, which ends the job. Each job runs in a fork.
"""

import ast
import builtins
import collections
import datetime
import decimal
import fractions
import importlib
import json
import os
import random
import sys
import types
import unittest

incoming = os.fdopen(os.dup(0), "rb", buffering=0)
outgoing = os.dup(1)
_null = os.open(os.devnull, os.O_RDWR)
for _fd in (0, 1, 2):
    os.dup2(_null, _fd)
os.close(_null)

CONSTANTS = {"true": True, "false": False, "null": None}
MAX_ITEMS = 1_000_000


class WorkerGone(BaseException):
    """The program ended, broke a limit or answered what can not be read."""


class TestFault(Exception):
    """The tests can not be run, whatever the program does. Raised before the program has a say."""


def read_line():
    parts = []
    while True:
        part = os.read(incoming.fileno(), 1 << 16)
        if not part:
            os._exit(0)
        parts.append(part)
        if part.endswith(b"\n"):  # one line at a time is in the pipe: the JVM waits for our answer
            return b"".join(parts)


def write_line(text):
    data = text.encode("utf-8", "surrogatepass") + b"\n"
    while data:
        data = data[os.write(outgoing, data) :]


# ---- values in: JSON text from the worker, hostile ----


def decode(x):
    """A plain value from parsed JSON. Raises ValueError, TypeError or RecursionError on any other."""
    t = type(x)
    if t is list:
        return [decode(i) for i in x]
    if t is not dict:
        return x
    if len(x) != 1:
        raise ValueError("a value needs one tag")
    [(tag, y)] = x.items()
    return DECODERS[tag](y)


def decode_date(y):
    kind, arguments = decode(y)
    if kind not in ("date", "datetime", "time", "timedelta"):
        raise ValueError("not a date type")
    arguments = [bytes(a) if type(a) is bytes else int(a) for a in arguments]
    return getattr(datetime, kind)(*arguments)


DECODERS = {
    "i": lambda y: int(y, 16),
    "f": float.fromhex,
    "t": lambda y: tuple([decode(i) for i in y]),
    "d": lambda y: {decode(k): decode(v) for k, v in y},
    "s": lambda y: {decode(i) for i in y},
    "fs": lambda y: frozenset([decode(i) for i in y]),
    "b": bytes.fromhex,
    "ba": bytearray.fromhex,
    "c": lambda y: complex(float.fromhex(y[0]), float.fromhex(y[1])),
    "r": lambda y: range(*[decode(i) for i in y]),
    "D": decimal.Decimal,
    "F": lambda y: fractions.Fraction(decode(y[0]), decode(y[1])),
    "q": lambda y: collections.deque(decode(y)),
    "dt": decode_date,
    "x": lambda y: exception_type(decode(y)),
    "h": lambda y: remote(int(y)),
}

custom_exceptions = {}


def exception_type(ancestors):
    """The builtin exception of that name, else a class of that name under its nearest builtin."""
    name = ancestors[0]
    if type(name) is not str or len(ancestors) > 50:
        raise ValueError("not an exception")
    known = getattr(builtins, name, None)
    if isinstance(known, type) and issubclass(known, BaseException):
        return known
    if len(ancestors) == 1:
        return Exception
    if name not in custom_exceptions:
        custom_exceptions[name] = type(name, (exception_type(ancestors[1:]),), {})
    return custom_exceptions[name]


def exception(ancestors, arguments):
    kind = exception_type(ancestors)
    if kind in (WorkerGone, TestFault):
        kind = Exception
    try:
        return kind(*arguments)
    except Exception:
        return Exception(*arguments)


# ---- values out: Python literals for the worker ----

callbacks = []


def literal(x):
    t = type(x)
    if t in (int, str, bytes, bool, type(None), complex, range, type(...)):
        return literal_int(x) if t is int else repr(x)
    if t is float:
        return repr(x)
    if t is list:
        return "[" + ",".join([literal(i) for i in x]) + "]"
    if t is RemoteObject:
        return "H(%d)" % object.__getattribute__(x, "_handle")
    if t in (types.FunctionType, types.MethodType):
        callbacks.append(x)
        return "C(%d)" % (len(callbacks) - 1)
    if t in (types.BuiltinFunctionType, type) and standard(x):
        return "I(%r,%r)" % (x.__module__, x.__qualname__)
    if t is collections.deque:
        return 'I("collections","deque")(%s)' % literal(list(x))
    if t is decimal.Decimal:
        return 'I("decimal","Decimal")(%r)' % str(x)
    if t is fractions.Fraction:
        return 'I("fractions","Fraction")(%s,%s)' % (literal_int(x.numerator), literal_int(x.denominator))
    if t.__module__ == "datetime" and getattr(x, "tzinfo", None) is None:
        return 'I("datetime",%r)(%s)' % (t.__name__, ",".join([literal(i) for i in x.__reduce__()[1]]))
    if t is bytearray:
        return "bytearray(%r)" % bytes(x)
    if isinstance(x, tuple):
        return "(" + "".join([literal(i) + "," for i in x]) + ")"
    if isinstance(x, dict):
        return "{" + ",".join([literal(k) + ":" + literal(v) for k, v in x.items()]) + "}"
    if isinstance(x, frozenset):
        return "frozenset(%s)" % literal(list(x))
    if isinstance(x, set):
        return "set(%s)" % literal(list(x))
    for kind in (int, float, str):
        if isinstance(x, kind):  # a member of IntEnum, say
            return literal(kind(x) if kind is not str else str.__str__(x))
    raise TypeError("the tests give the program a %s, which can't be sent to it" % t.__name__)


def literal_int(x):
    return repr(x) if -(2**60) < x < 2**60 else hex(x)


def standard(x):
    module = x.__module__
    return module in sys.stdlib_module_names and getattr(sys.modules.get(module), x.__qualname__, None) is x


# ---- calls ----

gone = False


def ask(operation, *arguments):
    """One request to the worker; its result as a plain value, or its exception."""
    global gone
    if gone:
        raise WorkerGone()
    line = "(%r,(%s))" % (operation, "".join([literal(a) + "," for a in arguments]))
    while True:
        write_line("C" + line)
        answer = read_line()
        try:
            answer = json.loads(answer)
            if type(answer) is not dict:
                raise ValueError("not a reply")
            if "v" in answer:
                return decode(answer["v"])
            if "e" in answer:
                raised = exception(decode(answer["e"]), decode(answer["a"]))
                break
            number, arguments = answer["cb"]
            function, arguments = callbacks[int(number)], decode(arguments)
        except Exception:
            gone = True
            raise WorkerGone() from None
        try:
            line = "('return',%s)" % literal(function(*arguments))
        except Exception as e:
            line = "('raise',(%r,%s))" % (type(e).__name__, literal(tuple(str(a) for a in e.args)))
    raise raised


class RemoteObject:
    """Stands for a function, class or object of the program. Equal to itself alone: what the program
    says of equality does not count."""

    __slots__ = ("_handle", "__weakref__")

    def __init__(self, handle):
        object.__setattr__(self, "_handle", handle)

    def __call__(self, *args, **kwargs):
        return ask("call", self, args, kwargs)

    def __getattr__(self, name):
        if name.startswith("__") and name not in ("__name__", "__doc__"):
            raise AttributeError(name)
        return ask("attr", self, name)

    def __setattr__(self, name, value):
        ask("setattr", self, name, value)

    def __getitem__(self, key):
        return ask("item", self, key)

    def __setitem__(self, key, value):
        ask("setitem", self, key, value)

    def __len__(self):
        return ask("len", self)

    def __iter__(self):
        iterator = ask("iter", self)
        if type(iterator) is not RemoteObject:
            yield from iterator
            return
        for _ in range(MAX_ITEMS):
            try:
                item = ask("next", iterator)
            except StopIteration:
                return
            yield item
        raise ValueError("the program's iterator does not end")

    def __next__(self):
        return ask("next", self)

    def __bool__(self):
        return True

    def __str__(self):
        return plain_text(ask("str", self))

    def __repr__(self):
        return plain_text(ask("repr", self))


def plain_text(x):
    if type(x) is not str:
        raise TypeError("the program's text is not a str")
    return x


remotes = {}


def remote(handle):
    if handle not in remotes:
        remotes[handle] = RemoteObject(handle)
    return remotes[handle]


# ---- tests ----


class Tally:
    """Which tests passed: each assert statement and each unittest method is one."""

    def __init__(self, stop_early):
        self.stop_early = stop_early
        self.tests = {}  # key -> None not run, True passed, False failed
        self.executed = 0
        self.reason = ""

    def note(self, key, passed, reason=""):
        self.executed += 1
        if key in self.tests:
            self.tests[key] = passed and self.tests[key] is not False
        if not passed:
            self.fail(reason)

    def fail(self, reason):
        self.reason = self.reason or reason or "a test failed"


class Instrument(ast.NodeTransformer):
    """Makes each assert report to the tally. When all are to be run, one that fails or raises does
    not keep the next from running, unless a try statement of the tests is there to see it."""

    def __init__(self, tally):
        self.tally = tally
        self.in_try = 0

    def visit_Try(self, node):
        self.in_try += 1
        node = self.generic_visit(node)
        self.in_try -= 1
        return node

    def visit_Assert(self, node):
        key = len(self.tally.tests)
        if isinstance(node.test, ast.Constant):
            key = -1  # `assert True` is no test
        else:
            self.tally.tests[key] = None
        source = ast.unparse(node)
        raises = self.tally.stop_early or self.in_try > 0 or key < 0
        arguments = [ast.Constant(key), node.test, ast.Constant(source), ast.Constant(raises)]
        call = ast.Expr(ast.Call(ast.Name("__r1zero_assert", ast.Load()), arguments, []))
        if self.tally.stop_early or self.in_try:
            return ast.copy_location(call, node)
        handler = ast.ExceptHandler(
            ast.Name("Exception", ast.Load()),
            "__r1zero_e",
            [
                ast.Expr(
                    ast.Call(
                        ast.Name("__r1zero_raised", ast.Load()),
                        [ast.Constant(key), ast.Name("__r1zero_e", ast.Load()), ast.Constant(source)],
                        [],
                    )
                )
            ],
        )
        return ast.copy_location(ast.Try([call], [handler], [], []), node)


def short(text, limit=160):
    return text if len(text) <= limit else text[:limit] + "..."


def described(e):
    return short("%s: %s" % (type(e).__name__, e) if str(e) else type(e).__name__)


def free_names(trees, namespace):
    """Names that the tests read and do not define."""
    loaded, stored = [], set()
    for node in [node for tree in trees for node in ast.walk(tree)]:
        if isinstance(node, ast.Name):
            (loaded.append(node.id) if isinstance(node.ctx, ast.Load) else stored.add(node.id))
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef)):
            stored.add(node.name)
        elif isinstance(node, ast.arg):
            stored.add(node.arg)
        elif isinstance(node, ast.alias):
            stored.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.ExceptHandler) and node.name:
            stored.add(node.name)
    return [n for n in dict.fromkeys(loaded) if n not in stored and n not in namespace]


def innermost_call(trees, names):
    """Of some names the one that every assert calls, the innermost if there are several."""
    calls = [
        [c.func.id for c in ast.walk(node) if isinstance(c, ast.Call) and isinstance(c.func, ast.Name)]
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Assert)
    ]
    everywhere = [n for n in (calls[0] if calls else []) if n in names and all(n in c for c in calls)]
    return everywhere[-1:]


def resolve(trees, namespace, entry):
    """Finds what the tests read and do not define: in the standard library, else in the program.

    The program is asked for a name that the library or the language has only where that must be the
    function under test, since nothing else could be (MBPP has a `sum`): else its own `isclose`
    could agree to anything.
    """
    free = free_names(trees, namespace)
    builtin = [n for n in free if hasattr(builtins, n)]
    library = [n for n in free if n not in builtin and from_library(n) is not None]
    programs = [n for n in free if n not in builtin and n not in library]
    if not entry and not programs:
        programs = innermost_call(trees, library) or innermost_call(trees, builtin)
    for name in library:
        if name not in programs:
            namespace[name] = from_library(name)
    for name in programs:
        try:
            namespace[name] = ask("get", name)
        except NameError:
            pass  # the test that reads it fails by itself


def calls_itself(trees, name):
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                if isinstance(node.value.func, ast.Name) and node.value.func.id == name:
                    return True
    return False


def run_prompt(prompt, namespace):
    """Defines the imports and helpers of the prompt, which tests may use."""
    for source in (prompt, prompt + "\n    pass\n"):
        try:
            code = compile(source, "<prompt>", "exec")
        except (SyntaxError, ValueError):
            continue  # it ends with the head of a function, or is in plain words
        try:
            exec(code, namespace)
        except Exception:
            pass
        return


COMMON = ("math", "collections", "itertools", "functools", "typing", "copy", "string", "operator")


def from_library(name):
    """A module of the standard library, or what tests often use of one without importing it. Not
    asked of the program: its own `math` could agree to anything."""
    if name in sys.stdlib_module_names:
        return importlib.import_module(name)
    for module in COMMON:
        if hasattr(importlib.import_module(module), name):
            return getattr(importlib.import_module(module), name)
    return None


def defines(trees, name):
    return any(isinstance(n, ast.FunctionDef) and n.name == name and n.args.args for t in trees for n in t.body)


def run_tests(job, tally):
    namespace = {"__name__": "tests", "__builtins__": builtins}
    sys.modules["tests"] = types.ModuleType("tests")
    run_prompt(job["prompt"], namespace)
    try:
        trees = [ast.parse(source) for source in job["tests"]]
        codes = [compile(ast.fix_missing_locations(Instrument(tally).visit(ast.parse(s))), "<tests>", "exec") for s in job["tests"]]
    except (SyntaxError, ValueError) as e:
        raise TestFault("the tests are not Python: " + described(e)) from None
    entry = job["entry"]
    if not entry and defines(trees, "check"):
        raise TestFault("the tests define check(candidate), and the problem names no entry_point")
    if entry:
        candidate = ask("get", entry)
        namespace["candidate"] = candidate
        if entry.isidentifier():
            namespace[entry] = candidate
    resolve(trees, namespace, entry)

    def check(key, value, source, raises):
        passed = bool(value)
        tally.note(key, passed, "failed: " + short(source))
        if not passed and raises:
            raise AssertionError(source)

    def raised(key, e, source):
        if not isinstance(e, AssertionError) or tally.tests.get(key) is not False:
            tally.note(key, False, "%s in: %s" % (described(e), short(source)))

    namespace["__r1zero_assert"] = check
    namespace["__r1zero_raised"] = raised
    for code in codes:
        attempt(tally, lambda: exec(code, namespace))
    if entry and callable(namespace.get("check")) and not calls_itself(trees, "check"):
        attempt(tally, lambda: namespace["check"](candidate))
    for name, value in list(namespace.items()):
        if isinstance(value, types.FunctionType) and name.startswith("test") and value.__code__.co_argcount == 0:
            if not calls_itself(trees, name):
                attempt(tally, value)
        elif isinstance(value, type) and issubclass(value, unittest.TestCase):
            run_unittest(tally, value)


def attempt(tally, function):
    try:
        function()
    except Exception as e:
        tally.fail(described(e))
        if tally.stop_early:
            raise Stop() from None


class Stop(BaseException):
    """One failure is enough."""


def run_unittest(tally, case):
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
        key = str(test)
        tally.tests[key] = None
        result = unittest.TestResult()
        test.run(result)
        faults = result.failures + result.errors
        tally.note(key, result.wasSuccessful(), faults[0][1].strip().splitlines()[-1] if faults else "")
        if faults and tally.stop_early:
            raise Stop()


def normal(x):
    """What JSON makes of a value: tuples are lists, keys are texts."""
    if isinstance(x, (list, tuple)):
        return [normal(i) for i in x]
    if isinstance(x, dict):
        return {k if isinstance(k, str) else json.dumps(k): normal(v) for k, v in x.items()}
    return x


def run_cases(job, tally):
    """Calls with JSON arguments and JSON results."""
    candidate = ask("get", job["entry"])
    for number, case in enumerate(job["cases"]):
        tally.tests[number] = None
    for number, case in enumerate(job["cases"]):
        what = "failed: case %d" % (number + 1)
        try:
            passed = normal(candidate(*case["args"])) == normal(case["expected"])
        except Exception as e:
            passed, what = False, "%s in case %d" % (described(e), number + 1)
        tally.note(number, passed, what)
        if not passed and tally.stop_early:
            return


def judge(job):
    random.seed(0)
    tally = Tally(job["stop_early"])
    fault = ""
    try:
        (run_cases if job["cases"] else run_tests)(job, tally)
    except TestFault as e:
        fault = str(e)
    except Stop:
        pass
    except WorkerGone:
        tally.fail("the program ended early")
    except BaseException as e:
        tally.fail(described(e))
    if not tally.executed and not tally.reason:
        tally.fail("no assert was reached")
    passed = sum(1 for v in tally.tests.values() if v is True)
    failed_elsewhere = bool(tally.reason) and passed == len(tally.tests)
    return {
        "fault": fault,
        "passed": passed,
        "total": len(tally.tests) + failed_elsewhere,
        "ok": not (fault or tally.reason or gone),
        "reason": tally.reason,
    }


def main():
    write_line("ready")
    while True:
        job = eval(read_line(), dict(CONSTANTS))
        child = os.fork()
        if child == 0:
            write_line("V" + json.dumps(judge(job)))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            write_line("V" + json.dumps({"died": os.waitstatus_to_exitcode(status)}))


main()
