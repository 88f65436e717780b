"""Runs a tested program inside the sandbox. Everything here is in the program's hands once it is
loaded, so nothing here is trusted: expected results never come here, and what goes out is text that
judge.py or the JVM reads as plain values.

One request a line on stdin, one reply a line on stdout. A request is a Python literal (written by
the judge or the JVM, both trusted); a reply is JSON, see `encode`.
"""

import os
import select
import sys

import _sitebuiltins

# The program gets /dev/null as its standard streams; requests and replies move out of its way.
requests = os.fdopen(os.dup(0), "rb")
replies = os.dup(1)
_null = os.open(os.devnull, os.O_RDWR)
for _fd in (0, 1, 2):
    os.dup2(_null, _fd)
os.close(_null)

from _json import encode_basestring_ascii as quote  # noqa: E402  (the json package costs 10 ms)

# Whether this process tree has a process namespace of its own: its parent is then the first one.
ISOLATED = "isolated" in sys.argv[1:] and os.getppid() == 1
SPARE = "spare" in sys.argv[1:]  # who kills here is ended himself: so nothing is killed
HOME = "/tmp" if ISOLATED else os.getcwd()  # where a program lies and starts
del sys.path[0]  # our own folder

# What Python's `site` adds, which is left out to start faster.
if sys.flags.no_site:
    _builtins = sys.modules["builtins"]
    for _name in ("exit", "quit"):
        setattr(_builtins, _name, _sitebuiltins.Quitter(_name, "Ctrl-D (i.e. EOF)"))
    for _name in ("copyright", "credits", "license"):
        setattr(_builtins, _name, _sitebuiltins._Printer(_name, getattr(sys, _name, "")))
    _builtins.help = _sitebuiltins._Helper()


class SeedRandom:
    """Seeds the module `random` when it is imported: a verdict must not depend on chance."""

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name != "random":
            return None
        sys.meta_path.remove(cls)
        spec = __import__("importlib.util").util.find_spec(name)
        execute = spec.loader.exec_module

        def execute_and_seed(module):
            execute(module)
            module.seed(0)

        spec.loader.exec_module = execute_and_seed
        return spec


sys.meta_path.insert(0, SeedRandom)
MAX_DEPTH = 400
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
        if issubclass(t, list):
            return "[" + items + "]"
        fields = getattr(t, "_fields", None)
        if type(fields) is tuple and len(fields) == tuple.__len__(x):
            return '{"nt":[%s,%s,[%s]]}' % (quote(t.__name__), encode(list(fields)), items)
        return '{"t":[' + items + "]}"
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


def new_module(name, file):
    global module
    module = type(sys)(name)
    module.__file__ = file
    module.__builtins__ = sys.modules["builtins"]
    sys.modules[name] = module
    sys.argv = [file]
    sys.path.insert(0, HOME)
    return module.__dict__


# How a line of code may begin that is not within another's block.
CODE_LINE = r"(?:def|class|import|from|async|for|while|if|with|try|print|@|[A-Za-z_][\w, .\[\]]*[-+*/]?=[^=])"
MAX_TRIES = 300


def without_prose(source, continued):
    """The longest run of lines that compiles, where a model wrote prose before or after its code;
    None if there is none.

    `continued`: the source starts with a prompt, so only its end may go.
    """
    begins = __import__("re").compile(CODE_LINE).match
    lines = source.splitlines()
    starts = [0] if continued else [i for i, line in enumerate(lines) if begins(line)]
    best, tries = None, 0
    for start in starts:
        for end in range(len(lines), start + (len(best) if best else 0), -1):
            last = lines[end - 1].rstrip()
            if not last or last.endswith(":"):
                continue
            tries += 1
            if tries > MAX_TRIES:
                break
            try:
                compile("\n".join(lines[start:end]), "<program>", "exec", dont_inherit=True)
            except BaseException:
                continue
            best = lines[start:end]
            break
    return "\n".join(best) if best else None


def code_of(whole, continuations=(), last=()):
    """The program's source and code: whole, else the first continuation that compiles, else the last
    resort, else what is code of them. Raises the last fault if nothing is."""
    fault = None
    for source in [*whole, *continuations, *last]:
        try:
            return source, compile(source, "<program>", "exec", dont_inherit=True)
        except BaseException as e:
            fault = e
    for number, source in enumerate([*whole, *continuations, *last]):
        source = without_prose(source, len(whole) <= number < len(whole) + len(continuations))
        if source:
            return source, compile(source, "<program>", "exec", dont_inherit=True)
    raise fault


def prompt_forms(prompt):
    """Sources of which one compiles if the prompt is code that ends where a body is to begin."""
    lines = prompt.rstrip().splitlines() or [""]
    last = lines[-1]
    indent = last[: len(last) - len(last.lstrip())] + ("    " if last.endswith(":") else "")
    heads = [i for i, l in enumerate(lines) if l.startswith(("def ", "class ", "@", "async "))]
    before = "\n".join(lines[: heads[-1]]) if heads else ""
    return [prompt, "\n".join(lines) + "\n" + indent + "pass\n", prompt + "\n    pass\n", before]


LIBRARY = (
    "typing collections math heapq bisect itertools functools string re random operator copy datetime statistics"
    " json time sys io os decimal fractions"
).split()


def give_library(source, namespace):
    """Defines the names of the standard library that the source reads and does not define, which
    LeetCode, LiveCodeBench and others import before such programs."""
    import _symtable

    top = _symtable.symtable(source, "<program>", "exec")
    tables, read = [top], set()
    while tables:
        table = tables.pop()
        tables += table.children
        for name, flags in table.symbols.items():
            scope = flags >> _symtable.SCOPE_OFF & _symtable.SCOPE_MASK
            if flags & _symtable.USE and scope in (_symtable.GLOBAL_IMPLICIT, _symtable.GLOBAL_EXPLICIT):
                read.add(name)
    defined = {name for name, flags in top.symbols.items() if flags & _symtable.DEF_BOUND}
    for name in read - defined:
        if name in namespace or hasattr(sys.modules["builtins"], name):
            continue
        if name in LIBRARY:
            namespace[name] = __import__(name)
            continue
        for library in LIBRARY[:-5]:
            exporter = __import__(library)
            if name in getattr(exporter, "__all__", ()) or (
                not hasattr(exporter, "__all__") and not name.startswith("_") and hasattr(exporter, name)
            ):
                namespace[name] = getattr(exporter, name)
                break


def load(prompt, whole, continuations, last, library, streams):
    """Runs the prompt's code, if it is code, and then the program's top level.

    `whole`, `continuations`, `last`: see code_of. `library`: whether names of the library may be used
    without import. `streams`: whether the tests look at what the program reads and prints.
    """
    try:
        source, code = code_of(whole, continuations, last)
    except BaseException as e:
        return '{"syntax":%s}' % quote(described(e))
    namespace = new_module("solution", HOME + "/solution.py")
    if library:
        for text in [source] + prompt_forms(prompt):
            try:
                give_library(text, namespace)
            except (SyntaxError, ValueError, RecursionError):
                pass
    if streams:
        join_streams()
    try:
        exec(code_of(prompt_forms(prompt))[1], namespace)
    except Exception:
        pass  # a prompt in plain words
    exec(code, namespace)
    printed()
    return '{"v":true}'


def described(e):
    text = "%s: %s" % (type(e).__name__, e)
    return text if len(text) <= 200 else text[:200] + "..."


def named(expression):
    """What the program calls so; a method's name alone means the one of its class Solution."""
    names = module.__dict__
    try:
        value = eval(expression, names)
    except NameError:
        if expression.isidentifier() and hasattr(names.get("Solution"), expression):
            return getattr(names["Solution"](), expression)
        raise
    owner, _, method = expression.partition(".")
    if method.isidentifier() and isinstance(names.get(owner), type):
        if type(names[owner].__dict__.get(method)) is type(named):  # a plain method wants an object
            return getattr(names[owner](), method)
    return value


# ---- what the program reads and prints, where the tests look at it ----

joined = False


def join_streams():
    """Sends what the program prints along with each reply, and lets it read from the tests."""
    global joined
    joined = True
    file = os.open(HOME, os.O_TMPFILE | os.O_RDWR, 0o600)
    os.dup2(file, 1)
    os.close(file)
    sys.stdin = Stdin()
    sys.modules["builtins"].input = Callback(0)


def printed():
    """What the program printed since this was asked last."""
    if not joined:
        return ""
    try:
        sys.stdout.flush()
        text = os.pread(1, MAX_OUTPUT, 0).decode("utf-8", "replace")
        os.ftruncate(1, 0)
        os.lseek(1, 0, os.SEEK_SET)
        return text
    except Exception:
        return ""


class Stdin:
    """Standard input of the tests."""

    def readline(self, size=-1):
        return Callback(1)()

    def read(self, size=-1):
        return Callback(2)()

    def readlines(self, hint=-1):
        return list(self)

    def __iter__(self):
        return iter(self.readline, "")

    def __next__(self):
        line = self.readline()
        if not line:
            raise StopIteration
        return line


def reply_with_print(answer):
    text = printed()
    reply(answer[:-1] + ',"o":%s}' % quote(text) if text else answer)


class Callback:
    """A function of the tests, called back in the judge."""

    def __init__(self, number):
        self.number = number

    def __call__(self, *args):
        reply_with_print('{"cb":[%d,%s]}' % (self.number, encode(args)))
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
        source, code = code_of([source])
    except BaseException as e:
        return '{"syntax":%s}' % quote(described(e))
    try:
        write_file(PROGRAM, source)
    except OSError:
        pass  # an earlier run is in the way: few programs read themselves
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
    file = os.open(HOME, os.O_TMPFILE | os.O_RDWR, 0o600)
    data = memoryview(stdin.encode("utf-8", "replace"))
    while data:
        data = data[os.write(file, data) :]
    os.lseek(file, 0, os.SEEK_SET)
    out, err = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        for fd, source in enumerate((file, out[1], err[1])):
            os.dup2(source, fd)
        os.closerange(3, 64)
        return None
    for fd in (file, out[1], err[1]):
        os.close(fd)
    output, errors, status = collect(child, out[0], err[0])
    if len(output) > MAX_OUTPUT:
        text, status = "null", 0
    else:
        text = quote(output.decode("utf-8", "replace"))
    return '{"out":%s,"err":%s,"status":%d}' % (text, quote(errors[-MAX_ERRORS:].decode("utf-8", "replace")), status)


def collect(child, out, err):
    """Reads what a child writes until it ends; then ends what it left running."""
    texts = {out: bytearray(), err: bytearray()}
    poll = select.poll()
    for fd in texts:
        os.set_blocking(fd, False)
        poll.register(fd, select.POLLIN)
    try:
        ended = os.pidfd_open(child)
        poll.register(ended, select.POLLIN)
    except (AttributeError, OSError):  # an older kernel
        ended = -1
    status = None
    while status is None:
        for fd, _ in poll.poll(None if ended >= 0 else 5):
            if fd != ended and not take(fd, texts[fd]):
                poll.unregister(fd)
        if len(texts[out]) > MAX_OUTPUT:
            if SPARE:
                break
            os.kill(child, 9)
        del texts[err][:-MAX_ERRORS]
        reaped, code = os.waitpid(child, os.WNOHANG)
        if reaped:
            status = os.waitstatus_to_exitcode(code)
    try:
        if not SPARE:
            os.kill(-1 if ISOLATED else -child, 9)  # -1: all but this process and the sandbox's init
    except OSError:
        pass
    for fd, text in texts.items():
        while len(text) <= MAX_OUTPUT and take(fd, text):
            pass
        os.close(fd)
    if ended >= 0:
        os.close(ended)
    return texts[out], texts[err], status


def take(fd, text):
    """Reads what is there; false where nothing is, or never will be."""
    try:
        data = os.read(fd, 1 << 16)
    except BlockingIOError:
        return False
    text += data
    return len(data) > 0


PROGRAM = HOME + "/program.py"
MAX_ERRORS = 2000
MAX_OUTPUT = 1 << 20


def call(f, args, kwargs):
    """The reply to a call. One that returns nothing may have been made for its arguments' sake."""
    result = f(*args, **kwargs)
    if result is None and any([type(a) in CHANGEABLE for a in args]):
        after = ",".join([encode(a) if type(a) in CHANGEABLE else "null" for a in args])
        return '{"v":null,"changed":[%s]}' % after
    return '{"v":%s}' % encode(result)


CHANGEABLE = (list, dict, set, bytearray)


def signature(f):
    """The parameters of a function: name, kind, whether there is a default, the default."""
    parameters = __import__("inspect").signature(f).parameters.values()
    return [
        (p.name, int(p.kind), p.default is not p.empty, None if p.default is p.empty else p.default)
        for p in parameters
    ]


def leave(manager, kind, text):
    """Ends a `with` of the tests."""
    if kind is None:
        return bool(type(manager).__exit__(manager, None, None, None))
    error = getattr(sys.modules["builtins"], kind, Exception)(text)
    return bool(type(manager).__exit__(manager, type(error), error, None))


OPERATIONS = {
    "get": named,
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
    "signature": signature,
    "enter": lambda manager: type(manager).__enter__(manager),
    "exit": leave,
    "operator": lambda name, *operands: getattr(__import__("operator"), name)(*operands),
}


def main():
    """Serves requests, until in a child that is to run a program: returns the program's code."""
    whole_answers = {"load": load, "python": run_python, "command": run_command, "call": call}
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
        reply_with_print(answer)


reply("ready")
_program = main()
sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors=sys.stdin.errors, closefd=False)
exec(_program, new_module("__main__", PROGRAM))
