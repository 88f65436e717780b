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
import importlib.util
import inspect
import json
import math
import os
import random
import re
import sys
import types
import unittest

incoming = os.fdopen(os.dup(0), "rb", buffering=0)
outgoing = os.dup(1)
_null = os.open(os.devnull, os.O_RDWR)
for _fd in (0, 1, 2):
    os.dup2(_null, _fd)
os.close(_null)

del sys.path[0]  # our own folder
sys.setrecursionlimit(4000)  # a result may be nested 400 deep

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


named_tuples = {}


def named_tuple(y):
    """A tuple whose items have names. Not such names as would take a method of tuple's place."""
    name, fields, items = y
    fields = tuple(fields)
    kind = named_tuples.get(fields)
    if kind is None:
        if len(named_tuples) > 100 or any(hasattr(tuple, f) for f in fields):
            raise ValueError("not the names of a tuple")
        kind = named_tuples[fields] = collections.namedtuple(name, fields)
    return kind(*[decode(i) for i in items])


DECODERS = {
    "nt": named_tuple,
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

# Functions that the program may call; the first three are where it reads from.
callbacks = [lambda *prompt: input(*prompt), lambda: sys.stdin.readline(), lambda: sys.stdin.read()]


def literal(x):
    t = type(x)
    if t in (int, str, bytes, bool, type(None), complex, range, type(...)):
        return literal_int(x) if t is int else repr(x)
    if t is float:
        return repr(x)
    if t is list:
        return "[" + ",".join([literal(i) for i in x]) + "]"
    if t in (RemoteObject, Instance):
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
calls = 0
programs_own = set()  # exceptions that came from the program, by id


def ask(operation, *arguments, changeable=()):
    """One request to the worker; its result as a plain value, or its exception.

    `changeable`: arguments that take over how the worker leaves them, if it says so.
    """
    global gone, calls
    if gone:
        raise WorkerGone()
    calls += operation != "get"  # what it gives is opaque; see get
    line = "(%r,(%s))" % (operation, "".join([literal(a) + "," for a in arguments]))
    while True:
        write_line("C" + line)
        answer = read_line()
        try:
            answer = json.loads(answer)
            if type(answer) is not dict:
                raise ValueError("not a reply")
            if "o" in answer:
                sys.stdout.write(plain_text(answer["o"]))
            if "v" in answer:
                value = decode(answer["v"])
                if "changed" in answer:
                    for argument, after in zip(changeable, answer["changed"]):
                        change(argument, decode(after))
                return value
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
    raised = harmless(raised, operation)
    programs_own.add(id(raised))
    kept.append(raised)
    raise raised


kept = []  # so that no other object gets an id of programs_own


def change(argument, after):
    """Makes an argument of the tests what the program made of its copy."""
    if type(argument) is not type(after) or argument == after:
        return
    if type(argument) in (list, bytearray):
        argument[:] = after
    elif type(argument) in (dict, set):
        argument.clear()
        argument.update(after)


def harmless(raised, operation):
    """An exception that does not end a loop, a generator, a thread or a process of the tests: the
    interpreter takes StopIteration and its kind for an end, not for a fault."""
    if isinstance(raised, (StopIteration, StopAsyncIteration)) and operation == "next":
        return raised
    if isinstance(raised, (StopIteration, StopAsyncIteration, GeneratorExit)):
        return RuntimeError("the program raised " + described(raised))
    if not isinstance(raised, Exception):  # can still be expected by its name
        kind = type(raised)
        try:
            return type(kind.__name__, (kind, RuntimeError), {})(*raised.args)
        except Exception:
            return RuntimeError("the program raised " + described(raised))
    return raised


class RemoteObject:
    """Stands for a function, class or object of the program. Equal to itself alone: what the program
    says of equality does not count."""

    __slots__ = ("_handle", "_name", "__weakref__")

    def __init__(self, handle, name=""):
        object.__setattr__(self, "_handle", handle)
        object.__setattr__(self, "_name", name)

    def __eq__(self, other):
        return isinstance(other, RemoteObject) and handle(self) == handle(other)

    def __hash__(self):
        return handle(self)

    def __call__(self, *args, **kwargs):
        value = ask("call", self, args, kwargs, changeable=args)
        return instance(value) if object.__getattribute__(self, "_name") in classes else value

    def __getattr__(self, name):
        if name == "__signature__":
            return signature(self)
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
        if not isinstance(iterator, RemoteObject):
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

    def __enter__(self):
        entered = ask("enter", self)
        return self if entered == self else entered

    def __exit__(self, kind, value, traceback):
        if kind is None:
            ask("exit", self, None, "")
            return False
        if isinstance(value, AssertionError) or not isinstance(value, Exception):
            return False  # not the program's to swallow
        return ask("exit", self, kind.__name__, str(value)) is True


class Instance(RemoteObject):
    """An object that the tests made by calling a class of the program (see uses_as_class).
    Its operators are under test as its methods are. A function's result has none: one that lets
    any number be subtracted from it could be close to every number."""

    __slots__ = ()


def operator(name, reflected=False):
    def apply(self, *other):
        return instance(ask("operator", name, *((*other, self) if reflected else (self, *other))))

    return apply


for _name in ("add sub mul truediv floordiv mod pow matmul lshift rshift").split():
    setattr(Instance, "__%s__" % _name, operator(_name))
    setattr(Instance, "__r%s__" % _name, operator(_name, True))
for _name in ("and_ or_ xor neg pos abs invert lt le gt ge contains").split():
    setattr(Instance, "__%s__" % _name.rstrip("_"), operator(_name))


def instance(value):
    return Instance(handle(value)) if type(value) is RemoteObject else value


def handle(remote_object):
    return object.__getattribute__(remote_object, "_handle")


def signature(function):
    """The parameters of a function of the program, as it says."""
    parameters = []
    for name, kind, has_default, default in ask("signature", function):
        value = default if has_default else inspect.Parameter.empty
        parameters.append(inspect.Parameter(name, inspect._ParameterKind(kind), default=value))
    return inspect.Signature(parameters)


def plain_text(x):
    if type(x) is not str:
        raise TypeError("the program's text is not a str")
    return x


classes = set()  # names of the program that the tests use as classes
remotes = {}


def remote(handle):
    if handle not in remotes:
        remotes[handle] = RemoteObject(handle)
    return remotes[handle]


def get(name):
    """What the program calls so."""
    global calls
    value = ask("get", name)
    if type(value) is RemoteObject:
        return RemoteObject(handle(value), name)
    calls += 1  # the program has its say: what the tests make of the value is no fault of theirs
    return value


# ---- tests ----


class Tally:
    """Which tests passed: each assert statement and each unittest method is one."""

    def __init__(self, stop_early):
        self.stop_early = stop_early
        self.tests = {}  # key -> None not run, True passed, False failed
        self.reached = set()  # asserts, those of constants too
        self.executed = 0
        self.assertions = 0  # calls of unittest's assert methods
        self.reason = ""

    def note(self, key, passed, reason=""):
        self.executed += 1
        self.reached.add(key)
        if key in self.tests:
            self.tests[key] = passed and self.tests[key] is not False
        if not passed:
            self.fail(reason)

    def fail(self, reason):
        self.reason = self.reason or reason or "a test failed"

    def demand(self, groups, sources):
        """Fails if of a group of asserts none was reached; an assert that no group wants, and that
        was not reached, is left out of the count."""
        for group in groups:
            if not group & self.reached:
                self.fail("not reached: " + short(sources[min(group)]))
        wanted = set().union(*groups)
        for key, state in list(self.tests.items()):
            if state is None and type(key) is int and key not in wanted:
                del self.tests[key]
            elif state is None and any(key in g and g & self.reached for g in groups):
                del self.tests[key]


class Instrument(ast.NodeTransformer):
    """Makes each assert report to the tally. When all are to be run, one that fails or raises does
    not keep the next from running, unless a try statement of the tests is there to see it."""

    def __init__(self, tally):
        self.tally = tally
        self.in_try = 0
        self.sources = {}

    def visit_Try(self, node):
        self.in_try += 1
        node = self.generic_visit(node)
        self.in_try -= 1
        return node

    def visit_Assert(self, node):
        key = node.key = len(self.sources) + 1
        self.sources[key] = source = ast.unparse(node)
        constant = isinstance(node.test, ast.Constant)  # `assert True` is no test
        if not constant:
            self.tally.tests[key] = None
        raises = self.tally.stop_early or self.in_try > 0 or constant
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


def demands(statements, names):
    """Groups of asserts, by key, of each of which one at least must be reached: a program must not
    pass by an empty result that no loop goes through, or by an exception that the tests catch.

    The branches of an `if` and of a `try` make one group, since a right program takes one of them.
    An `if` without `else` and a function that the tests never name ask for nothing.
    """
    groups = []
    for node in statements:
        if isinstance(node, ast.Assert):
            if not isinstance(node.test, ast.Constant):
                groups.append({node.key})
        elif isinstance(node, ast.If):
            if demands(node.body, names) and demands(node.orelse, names):
                groups.append(keys(node))
        elif isinstance(node, ast.Try) and node.handlers:
            if demands(node.body + node.orelse, names):
                groups.append(keys(node))
            groups += demands(node.finalbody, names)
        elif isinstance(node, ast.Try):
            groups += demands(node.body + node.finalbody, names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            if node.name in names or node.name.startswith("test") or node.name in ("check", "setUp"):
                groups += demands(node.body, names)
        elif isinstance(node, ast.ClassDef) or hasattr(node, "body") and isinstance(node.body, list):
            groups += demands(node.body, names)
    return groups


def keys(tree):
    return {node.key for node in ast.walk(tree) if isinstance(node, ast.Assert)}


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
    missing = set()
    for name in programs:
        try:
            namespace[name] = get(name)
        except NameError:
            missing.add(name)  # the test that reads it fails by itself
            continue
        if uses_as_class(trees, name):
            classes.add(name)
    used = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    if missing and entry and not used & ({"candidate"} | set(re.findall(r"\w+", entry))):
        raise TestFault("the tests use %s, and not the entry point %s" % (", ".join(sorted(missing)), entry))
    return missing


def calls_itself(trees, name):
    for tree in trees:
        for node in tree.body:
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
                if isinstance(node.value.func, ast.Name) and node.value.func.id == name:
                    return True
    return False


def prompt_forms(prompt):
    """As in worker.py: sources of which one compiles if the prompt ends where a body is to begin."""
    lines = prompt.rstrip().splitlines() or [""]
    last = lines[-1]
    indent = last[: len(last) - len(last.lstrip())] + ("    " if last.endswith(":") else "")
    heads = [i for i, l in enumerate(lines) if l.startswith(("def ", "class ", "@", "async "))]
    before = "\n".join(lines[: heads[-1]]) if heads else ""
    return [prompt, "\n".join(lines) + "\n" + indent + "pass\n", prompt + "\n    pass\n", before]


def run_prompt(prompt, namespace):
    """Defines the imports and helpers of the prompt, which tests may use."""
    for source in prompt_forms(prompt):
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


# ---- tests that import the program, and what else they import ----

PROGRAM_MODULES = ("solution", "main", "program", "submission", "answer")


class ProgramModule(types.ModuleType):
    """The program, for tests that import it."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return get(name)
        except NameError:
            raise AttributeError(name) from None


def prepare_imports(trees, entry):
    """Makes the program importable where the tests want it so; refuses what is not installed."""
    for node in [n for tree in trees for n in ast.walk(tree)]:
        if isinstance(node, ast.Import):
            names = [(alias.name, ()) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [(node.module, [alias.name for alias in node.names])]
        else:
            continue
        for name, wanted in names:
            top = name.split(".")[0]
            if top in sys.modules or importlib.util.find_spec(top) is not None:
                continue
            if name in PROGRAM_MODULES or entry in wanted:
                sys.modules[name] = ProgramModule(name)
                sys.modules[name].__all__ = []  # names are asked for as they are read
            elif not guarded(trees, node):
                raise TestFault(
                    "the tests import %s, which this Python does not have; install it for that Python"
                    " and set packages: true" % top
                )


def guarded(trees, wanted):
    """Whether an import stands in a try statement, which has an answer to its failure."""
    tries = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Try)]
    return any(wanted is n for t in tries for n in ast.walk(t))


def uses_as_class(trees, name):
    """Whether the tests treat what this name's call returns as an object: a capital letter, and
    attributes or `with` somewhere. MBPP has functions with capital letters, but not these."""
    nodes = [n for tree in trees for n in ast.walk(tree)]
    return name[:1].isupper() and any(
        isinstance(n, ast.With) or isinstance(n, ast.Attribute) and not isinstance(n.value, ast.Constant) for n in nodes
    )


def assert_nothing(trees):
    """Whether no statement of the tests can fail because of what a call returns."""
    for node in [n for tree in trees for n in ast.walk(tree)]:
        if isinstance(node, ast.Assert) and not isinstance(node.test, ast.Constant):
            return False
        if isinstance(node, ast.Raise):
            return False
        if isinstance(node, ast.Attribute) and node.attr.startswith(("assert", "fail")):
            return False
        if isinstance(node, (ast.Import, ast.ImportFrom)) and "testing" in ast.unparse(node):
            return False
    return True


def defines(trees, name):
    return any(isinstance(n, ast.FunctionDef) and n.name == name and n.args.args for t in trees for n in t.body)


def run_tests(job, tally):
    namespace = {"__name__": "tests", "__builtins__": builtins}
    sys.modules["tests"] = types.ModuleType("tests")
    run_prompt(job["prompt"], namespace)
    instrument = Instrument(tally)
    try:
        trees = [ast.parse(source) for source in job["tests"]]
        twins = [ast.parse(source) for source in job["tests"]]
        codes = [compile(ast.fix_missing_locations(instrument.visit(twin)), "<tests>", "exec") for twin in twins]
    except (SyntaxError, ValueError, RecursionError) as e:
        raise TestFault("the tests are not Python: " + described(e)) from None
    number(trees)
    if assert_nothing(trees):
        raise TestFault("the tests assert nothing of what the program returns")
    entry = job["entry"]
    if not entry and defines(trees, "check"):
        raise TestFault("the tests define check(candidate), and the problem names no entry_point")
    prepare_imports(trees, entry)
    if entry:
        candidate = get(entry)
        namespace["candidate"] = candidate
        if entry.isidentifier():
            namespace[entry] = candidate
    missing = resolve(trees, namespace, entry)
    if entry and uses_as_class(trees, entry):
        classes.add(entry)

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
    watch_unittest(tally)
    for code in codes:
        attempt(tally, lambda: exec(code, namespace), missing)
    if entry and callable(namespace.get("check")) and not calls_itself(trees, "check"):
        attempt(tally, lambda: namespace["check"](candidate), missing)
    for name, value in list(namespace.items()):
        if isinstance(value, types.FunctionType) and name.startswith("test") and value.__code__.co_argcount == 0:
            if not calls_itself(trees, name):
                attempt(tally, value, missing)
        elif isinstance(value, type) and issubclass(value, unittest.TestCase):
            run_unittest(tally, value)
        elif isinstance(value, type) and name.startswith("Test") and value.__module__ == "tests":
            run_test_class(tally, value, missing)
    if not tally.tests and not tally.assertions and not tally.reason:
        tally.note("end", True)  # tests that raise where something is wrong, and nothing was
    names = {n.id for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.attr for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    tally.demand([g for tree in trees for g in demands(tree.body, names)], instrument.sources)


def number(trees):
    """Gives asserts the keys that Instrument gave their twins: both go through them in one order."""
    key = 0

    def walk(node):
        nonlocal key
        if isinstance(node, ast.Assert):
            key += 1
            node.key = key
            return
        for child in ast.iter_child_nodes(node):
            walk(child)

    for tree in trees:
        walk(tree)


def attempt(tally, function, missing):
    try:
        function()
    except Exception as e:
        own = id(e) in programs_own or isinstance(e, NameError) and getattr(e, "name", "") in missing
        own = own or isinstance(e, ImportError) and isinstance(sys.modules.get(e.name), ProgramModule)
        if not calls and not own and not isinstance(e, AssertionError):
            raise TestFault("the tests can't be run: " + described(e)) from None
        tally.fail(described(e))
        if tally.stop_early:
            raise Stop() from None


class Stop(BaseException):
    """One failure is enough."""


def watch_unittest(tally):
    """Counts the assertions that methods of unittest make, and remembers those that fail: a program
    that is called back may swallow the exception. The tests' own unittest.main() has nothing to do."""
    unittest.main = lambda *arguments, **options: None

    def watched(method):
        def run(self, *arguments, **options):
            tally.assertions += 1
            tally.executed += 1
            try:
                return method(self, *arguments, **options)
            except AssertionError as e:
                self.r1zero_failed = str(e)
                raise

        return run

    for name, method in list(vars(unittest.TestCase).items()):
        if name.startswith(("assert", "fail")) and isinstance(method, types.FunctionType):
            setattr(unittest.TestCase, name, watched(method))


def run_unittest(tally, case):
    for test in unittest.defaultTestLoader.loadTestsFromTestCase(case):
        if getattr(case, "__unittest_skip__", False) or getattr(
            getattr(test, test._testMethodName), "__unittest_skip__", False
        ):
            continue
        key = str(test)
        tally.tests[key] = None
        before = tally.assertions + tally.executed
        result = unittest.TestResult()
        test.run(result)
        faults = result.failures + result.errors
        fault = faults[0][1].strip().splitlines()[-1] if faults else getattr(test, "r1zero_failed", "")
        if not fault and tally.assertions + tally.executed == before:
            fault = "no assertion was reached in " + test._testMethodName
        tally.note(key, result.wasSuccessful() and not fault, fault)
        if fault and tally.stop_early:
            raise Stop()


def run_test_class(tally, case, missing):
    """A class of tests as pytest has them."""
    for name in [n for n in vars(case) if n.startswith("test")]:
        test = case()
        attempt(tally, getattr(test, "setup_method", lambda: None), missing)
        attempt(tally, getattr(test, name), missing)


TOLERANCE = fractions.Fraction(1, 1000000)


def same(expected, value):
    """Whether a result is what JSON expects; R1zero's JavaCalls has the same rule. Tuples are lists,
    keys are texts; a decimal fraction is met within 1e-6, a whole number by itself alone."""
    if isinstance(expected, bool) or isinstance(value, bool) or expected is None or value is None:
        return expected is value
    if isinstance(expected, (int, float)):
        if isinstance(value, complex) or not isinstance(value, (int, float, decimal.Decimal, fractions.Fraction)):
            return False
        if expected == value:
            return True
        if isinstance(expected, int) or isinstance(value, float) and not math.isfinite(value):
            return False
        wanted = fractions.Fraction(expected)
        return abs(wanted - fractions.Fraction(value)) <= TOLERANCE * max(1, abs(wanted))
    if isinstance(expected, list):
        return (
            isinstance(value, (list, tuple))
            and len(expected) == len(value)
            and all([same(e, v) for e, v in zip(expected, value)])
        )
    if isinstance(expected, dict):
        if not isinstance(value, dict):
            return False
        value = {k if isinstance(k, str) else json.dumps(k): v for k, v in value.items()}
        return expected.keys() == value.keys() and all([same(e, value[k]) for k, e in expected.items()])
    return type(value) is str and expected == value


def run_cases(job, tally):
    """Calls with JSON arguments and JSON results, each of an object of its own."""
    for number, case in enumerate(job["cases"]):
        tally.tests[number] = None
    for number, case in enumerate(job["cases"]):
        what = "failed: case %d" % (number + 1)
        try:
            value = get(job["entry"])(*case["args"])
            expected = case["expected"]
            passed = same(expected, value) or job["wrapped"] and same(expected[0], value)
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
