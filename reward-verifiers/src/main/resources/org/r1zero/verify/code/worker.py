"""Runs a tested program inside the sandbox. Everything here is in the program's hands once it is
loaded, so nothing here is trusted: expected results never come here, and what goes out is text that
judge.py or the JVM reads as plain values.

One request a line on stdin, one reply a line on stdout. A request is a Python literal (written by
the judge or the JVM, both trusted); a reply is JSON, see `encode`.
"""

import os
import sys

# The program gets /dev/null as its standard streams; requests and replies move out of its way.
requests = os.fdopen(os.dup(0), "rb")
replies = os.dup(1)
_null = os.open(os.devnull, os.O_RDWR)
for _fd in (0, 1, 2):
    os.dup2(_null, _fd)
os.close(_null)

from _json import encode_basestring_ascii as quote  # noqa: E402  (the json package costs 10 ms)

MAX_DEPTH = 200
handles = []  # objects that stay here, by number
handle_of = {}
module = None


def hold(value):
    """The number under which the judge may speak of an object that can't be copied."""
    number = handle_of.get(id(value))
    if number is None:
        number = len(handles)
        handles.append(value)
        handle_of[id(value)] = number
    return number


def encode(x, depth=0):
    """JSON of a plain value: tags for what JSON lacks, {"h": number} for any other object.

    A subclass of a plain type goes as the plain value that it holds.
    """
    if x is None:
        return "null"
    if x is True:
        return "true"
    if x is False:
        return "false"
    if depth > MAX_DEPTH:
        raise RecursionError("the result is nested too deep")
    t = type(x)
    if issubclass(t, int):
        x = int.__add__(x, 0)
        return int.__repr__(x) if -(2**60) < x < 2**60 else '{"i":"%x"}' % x
    if issubclass(t, float):
        return '{"f":"%s"}' % float.hex(x)
    if issubclass(t, str):
        return quote(str.__str__(x))
    if issubclass(t, (list, tuple)):
        items = ",".join([encode(i, depth + 1) for i in (list if issubclass(t, list) else tuple).__iter__(x)])
        return "[" + items + "]" if issubclass(t, list) else '{"t":[' + items + "]}"
    if issubclass(t, dict):
        return (
            '{"d":['
            + ",".join(["[" + encode(k, depth + 1) + "," + encode(v, depth + 1) + "]" for k, v in dict.items(x)])
            + "]}"
        )
    if issubclass(t, (set, frozenset)):
        tag, kind = ("s", set) if issubclass(t, set) else ("fs", frozenset)
        return '{"%s":[%s]}' % (tag, ",".join([encode(i, depth + 1) for i in kind.__iter__(x)]))
    if issubclass(t, (bytes, bytearray)):
        return '{"%s":"%s"}' % ("b" if issubclass(t, bytes) else "ba", t.hex(x))
    if issubclass(t, complex):
        return '{"c":["%s","%s"]}' % (float.hex(x.real), float.hex(x.imag))
    if t is range:
        return '{"r":[%s,%s,%s]}' % (encode(x.start), encode(x.stop), encode(x.step))
    name = (t.__module__, t.__qualname__)
    if name == ("decimal", "Decimal"):
        return '{"D":%s}' % quote(str(x))
    if name == ("fractions", "Fraction"):
        return '{"F":[%s,%s]}' % (encode(x.numerator), encode(x.denominator))
    if name == ("collections", "deque"):
        return '{"q":%s}' % encode(list(x), depth)
    if name[0] == "datetime" and hasattr(x, "__reduce__") and name[1] in ("date", "datetime", "time", "timedelta"):
        if getattr(x, "tzinfo", None) is None:
            return '{"dt":[%s,%s]}' % (quote(name[1]), encode(x.__reduce__()[1], depth))
    if name[0] == "numpy" and hasattr(x, "tolist"):
        return encode(x.tolist(), depth + 1)
    if t is type and issubclass(x, BaseException):
        return '{"x":%s}' % encode(ancestors(x))
    return '{"h":%d}' % hold(x)


def ancestors(exception_type):
    return [c.__name__ for c in type.mro(exception_type)]


def reply(text):
    data = text.encode("ascii") + b"\n"
    while data:
        data = data[os.write(replies, data) :]


def compiled(sources):
    """The first of the sources that compiles; raises the first one's fault if none does."""
    fault = None
    for source in sources:
        try:
            return compile(source, "<program>", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, OverflowError, MemoryError, RecursionError) as e:
            fault = fault or e
    raise fault


def new_module(name):
    global module
    module = type(sys)(name)
    sys.modules[name] = module
    return module.__dict__


def load(alternatives):
    """Runs a program's top level. Each alternative is a list of parts, run one after the other."""
    fault = None
    for parts in alternatives:
        try:
            codes = [compiled([part]) for part in parts]
            break
        except BaseException as e:
            fault = fault or e
    else:
        return '{"syntax":%s}' % quote(described(fault))
    namespace = new_module("solution")
    for code in codes:
        exec(code, namespace)
    return '{"v":true}'


def described(e):
    text = "%s: %s" % (type(e).__name__, e)
    return text if len(text) <= 200 else text[:200] + "..."


def named(expression):
    return eval(expression, module.__dict__)


class Callback:
    """A function of the tests, called back in the judge."""

    def __init__(self, number):
        self.number = number

    def __call__(self, *args):
        reply('{"cb":[%d,%s]}' % (self.number, encode(args)))
        kind, value = read()
        if kind == "raise":
            raise getattr(__import__("builtins"), value[0], Exception)(*value[1])
        return value


CONSTANTS = {"true": True, "false": False, "null": None, "inf": float("inf"), "nan": float("nan")}


def imported(module_name, name):
    return getattr(__import__(module_name), name)


CONSTANTS.update(H=handles.__getitem__, C=Callback, I=imported)


def read():
    line = requests.readline()
    if not line:
        os._exit(0)
    return eval(line, dict(CONSTANTS))


OPERATIONS = {
    "load": load,
    "get": named,
    "call": lambda f, args, kwargs: f(*args, **kwargs),
    "attr": getattr,
    "setattr": setattr,
    "item": lambda o, k: o[k],
    "setitem": lambda o, k, v: o.__setitem__(k, v),
    "len": len,
    "iter": iter,
    "next": next,
    "str": str,
    "repr": repr,
}


def run_with_input(sources, stdin):
    """Runs a program as a process of its own, as `python program.py < stdin`."""
    try:
        code = compiled(sources)
    except BaseException as e:
        return '{"syntax":%s}' % quote(described(e))
    files = [os.open("/tmp", os.O_TMPFILE | os.O_RDWR, 0o600) for _ in range(3)]
    data = memoryview(stdin.encode("utf-8", "replace"))
    while data:
        data = data[os.write(files[0], data) :]
    os.lseek(files[0], 0, os.SEEK_SET)
    child = os.fork()
    if child == 0:
        for fd, file in enumerate(files):
            os.dup2(file, fd)
        os.closerange(3, 64)
        return code  # the main loop ends, and the program runs where no frame of ours is left
    _, status = os.waitpid(child, 0)
    try:
        os.kill(-1, 9)  # what the program left running: all but this process and the sandbox's init
    except OSError:
        pass
    texts = []
    for file, limit in ((files[1], MAX_OUTPUT), (files[2], 2000)):
        size = os.fstat(file).st_size
        start = 0 if file == files[1] else max(0, size - limit)
        texts.append(os.pread(file, limit, start).decode("utf-8", "replace"))
        too_long = size > limit and file == files[1]
        if too_long:
            texts[0] = None
    for file in files:
        os.close(file)
    out = "null" if texts[0] is None else quote(texts[0])
    return '{"out":%s,"err":%s,"status":%d}' % (out, quote(texts[1]), os.waitstatus_to_exitcode(status))


MAX_OUTPUT = 1 << 20


def main():
    while True:
        operation, arguments = read()
        if operation == "run":
            answer = run_with_input(*arguments)
            if type(answer) is not str:
                return answer
        else:
            try:
                answer = OPERATIONS[operation](*arguments)
                if operation != "load":
                    answer = '{"v":%s}' % encode(answer)
            except BaseException as e:
                try:
                    answer = '{"e":%s,"a":%s,"m":%s}' % (encode(ancestors(type(e))), encode(e.args), quote(described(e)))
                except BaseException:
                    answer = '{"e":["Exception"],"a":[],"m":"an exception that can not be sent"}'
        reply(answer)


_program = main()
del requests, replies
exec(_program, new_module("__main__"))
