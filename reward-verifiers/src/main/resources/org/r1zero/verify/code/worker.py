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

# Whether this process tree has a process namespace of its own: its parent is then the first one.
ISOLATED = sys.argv[1:] == ["isolated"] and os.getppid() == 1
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


def compiled(alternatives):
    """The first of the sources that compiles; raises the last one's fault if none does."""
    for number, source in enumerate(alternatives):
        try:
            return compile(source, "<program>", "exec", dont_inherit=True)
        except BaseException:
            if number == len(alternatives) - 1:
                raise


def new_module(name):
    global module
    module = type(sys)(name)
    sys.modules[name] = module
    return module.__dict__


def load(prompt, alternatives):
    """Runs the prompt's code, if it is code, and then the program's top level."""
    try:
        code = compiled(alternatives)
    except BaseException as e:
        return '{"syntax":%s}' % quote(described(e))
    namespace = new_module("solution")
    try:
        exec(compiled([prompt, prompt + "\n    pass\n"]), namespace)
    except Exception:
        pass  # a prompt in plain words
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


def run_python(source, stdin):
    """Runs a program as `python program.py < stdin` would; in the child, returns its code."""
    try:
        code = compiled([source])
    except BaseException as e:
        return '{"syntax":%s}' % quote(described(e))
    return run(stdin) or code


def run_command(arguments, stdin):
    """Runs a command; its standard error goes with its output when it fails."""
    answer = run(stdin)
    if answer is None:
        try:
            os.execv(arguments[0], arguments)
        finally:
            os._exit(127)
    return answer


def write_file(path, text):
    with open(path, "w", encoding="utf-8", errors="replace") as file:
        file.write(text)
    return True


def run(stdin):
    """Forks. In the child sets the standard streams and returns None; in the parent waits, ends
    what the child left running, and returns the reply."""
    files = [os.open("/tmp", os.O_TMPFILE | os.O_RDWR, 0o600) for _ in range(3)]
    data = memoryview(stdin.encode("utf-8", "replace"))
    while data:
        data = data[os.write(files[0], data) :]
    os.lseek(files[0], 0, os.SEEK_SET)
    child = os.fork()
    if child == 0:
        os.setsid()
        for fd, file in enumerate(files):
            os.dup2(file, fd)
        os.closerange(3, 64)
        return None
    _, status = os.waitpid(child, 0)
    try:
        os.kill(-1 if ISOLATED else -child, 9)  # -1: all but this process and the sandbox's init
    except OSError:
        pass
    size = os.fstat(files[1]).st_size
    out = "null" if size > MAX_OUTPUT else quote(os.pread(files[1], size, 0).decode("utf-8", "replace"))
    size = os.fstat(files[2]).st_size
    err = quote(os.pread(files[2], MAX_ERRORS, max(0, size - MAX_ERRORS)).decode("utf-8", "replace"))
    for file in files:
        os.close(file)
    return '{"out":%s,"err":%s,"status":%d}' % (out, err, os.waitstatus_to_exitcode(status))


MAX_ERRORS = 2000
MAX_OUTPUT = 1 << 20


OPERATIONS = {
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
    "write": write_file,
}


def main():
    """Serves requests, until in a child that is to run a program: returns the program's code."""
    whole_answers = {"load": load, "python": run_python, "command": run_command}
    while True:
        operation, arguments = read()
        try:
            if operation in whole_answers:
                answer = whole_answers[operation](*arguments)
                if type(answer) is not str:
                    return answer
            else:
                answer = '{"v":%s}' % encode(OPERATIONS[operation](*arguments))
        except BaseException as e:
            try:
                answer = '{"e":%s,"a":%s,"m":%s}' % (encode(ancestors(type(e))), encode(e.args), quote(described(e)))
            except BaseException:
                answer = '{"e":["Exception"],"a":[],"m":"an exception that can not be sent"}'
        reply(answer)


reply("ready")
_program = main()
exec(_program, new_module("__main__"))
