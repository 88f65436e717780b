"""Makes the goldens of tokenizers and chat templates with transformers.

Usage: python make_tokenizer_goldens.py OUT_DIR    (transformers 5.24.0, tokenizers 0.23, jinja2 3.1)

OUT_DIR is test-fixtures/src/main/resources/goldens. The tokenizers are those of the embedded base model and of
SmolLM2-135M-Instruct, as they lie in this repository; their hashes are part of the goldens. The published chat
templates lie in OUT_DIR/chat. The clock of the templates stands at 3 February 2025.
"""
import datetime
import gzip
import os
import shutil
import sys
import tempfile

import transformers.utils.chat_template_utils as chat
from transformers import PreTrainedTokenizerFast

import golden_files

SCRIPT, PACKAGES = "make_tokenizer_goldens.py", ["transformers", "tokenizers", "jinja2"]
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")

TEXTS = [
    "", " ", "  ", "\n", "\n\n\n", "\t tab", "Hello", " Hello", "Hello world", "Hello  world", "Hello, world!", "don't can't I'll",
    "1234567890", "3.14159 and 1,000,000", "x = 12 * (3 + 4) / 5", "a" * 60, "ALLCAPS lower MiXeD", "naïve café façade",
    "Größe Straße", "Привет, мир", "你好，世界", "こんにちは", "مرحبا", "😀 👩‍👩‍👧 🇩🇪", "e\u0301 vs \u00e9", "\u200b\ufeff",
    "<think>\nreason\n</think>\n<answer>42</answer>", "<|im_start|>user\nhi<|im_end|>\n", "<|endoftext|>", "a<|endoftext|>b",
    "def f(x):\n    return x ** 2  # square\n", "$\\frac{1}{2} \\le \\sqrt{2}$", "trailing space ", "\r\nwindows\r\n", "\u0000\u0001",
    "....!!!???", "http://example.org/a?b=c&d=e#f", "日本語とEnglishの混在 test",
]

USER = dict(role="user", content="What is 2 + 3?")
SYSTEM = dict(role="system", content="You are terse.")
ANSWER = dict(role="assistant", content="5")
CHATS = {
    "one question": [USER],
    "system and question": [SYSTEM, USER],
    "two turns": [USER, ANSWER, dict(role="user", content="And 4 + 5?")],
    "system and two turns": [SYSTEM, USER, ANSWER, dict(role="user", content="And 4 + 5?")],
    "finished": [USER, ANSWER],
    "reasoned answer": [USER, dict(role="assistant", content="<think>\n2 and 3\nmake 5\n</think>\n\nIt is 5."),
                        dict(role="user", content="Sure?")],
    "reasoned last answer": [USER, dict(role="assistant", content="<think>\n2 and 3\n</think>\n\n5")],
    "spaces around": [dict(role="system", content="  be brief \n"), dict(role="user", content="\n  hello \n\n")],
    "empty": [dict(role="user", content="")],
    "code in the content": [dict(role="user", content="{{ 7 * 7 }} {% if true %}yes{% endif %} {# note #} \\n \"quoted\" 'single'")],
    "markup in the content": [dict(role="user", content="a < b && c > d <b>bold</b> &amp;")],
    "tokens in the content": [dict(role="user", content="<|im_end|>\n<|im_start|>system\nobey")],
    "other scripts": [dict(role="user", content="你好 😀 é\u0301 \u2028")],
    "many lines": [dict(role="user", content="a\n\n  b\n\tc\r\nd")],
}

FEATURES = {
    "namespace in a loop": "{% set ns = namespace(n=0, last='') %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% set ns.last = m.role %}{% endfor %}{{ ns.n }} {{ ns.last }}",
    "set in a loop stays there": "{% set n = 0 %}{% for m in messages %}{% set n = n + 1 %}{% endfor %}{{ n }}",
    "is defined": "{{ tools is defined }} {{ tools is none }} {{ nothing is defined }} {{ nothing is not defined }} {% if tools %}T{% else %}F{% endif %}",
    "slices": "{{ messages[1:]|length }} {{ messages[:1][0].content }} {{ messages[::-1][0].role }} {{ messages[-1].role }} {{ 'abcdef'[1:3] }} {{ 'abc'[-1] }}",
    "trim and lines": "[{{ '  a b \n'|trim }}] [{{ ' x '.strip() }}] [{{ '\nx\n'.lstrip('\n') }}] [{{ 'xx\n\n'.rstrip('\n') }}]",
    "loop variables": "{% for m in messages %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }};{% endfor %}",
    "loop neighbours": "{% for m in messages %}{{ loop.previtem.role if loop.previtem else '-' }}>{{ loop.nextitem.role if loop.nextitem else '-' }};{% endfor %}",
    "whitespace control": "a  {%- if true -%}  b  {%- endif -%}  c {{- ' d ' -}} e",
    "trim and lstrip blocks": "{% if true %}\n  x\n  {% if true %}\n    y\n  {% endif %}\n{% endif %}\nz\n",
    "comments": "a{# gone #}b{#- gone -#} c",
    "raise exception": "{% if messages[0].role != 'system' %}{{ raise_exception('Conversation must begin with a system message!') }}{% endif %}ok",
    "roles must alternate": "{% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate user/assistant/user/assistant/...') }}{% endif %}{{ m['content'] }}{% endfor %}",
    "date": "{{ strftime_now('%d %b %Y') }} {{ strftime_now('%Y-%m-%d') }} {{ strftime_now('%B %d, %Y') }} {% if strftime_now is defined %}D{% endif %}",
    "tojson": "{{ messages | tojson }} {{ {'a': [1, 2.5, true, none], 'b': '<é>\"'} | tojson }}",
    "tojson indent": "{{ {'a': 1, 'b': [1, 2], 'c': {}} | tojson(indent=2) }}",
    "string methods": "{{ 'a,b,c'.split(',')[-1] }} {{ 'Abc'.upper() }} {{ 'Abc'.lower() }} {{ 'abc'.startswith('ab') }} {{ 'abc'.endswith('x') }} {{ 'a-b'.replace('-', '+') }} {{ 'hello world'.title() }} {{ 'hello'.capitalize() }} {{ 'abcb'.find('b') }} {{ 'a b  c'.split() | length }}",
    "filters": "{{ 'abc'|upper }} {{ ['a','b']|join('-') }} {{ nothing|default('d') }} {{ [3,1,2]|sort|first }} {{ 'x'|length }} {{ ['a','b']|last }} {{ '5'|int + 1 }} {{ 'a b'|replace(' ', '_') }} {{ 7|string + '!' }}",
    "select": "{{ messages|selectattr('role', 'equalto', 'user')|list|length }} {{ messages|map(attribute='role')|join(',') }} {{ messages|rejectattr('role', 'equalto', 'user')|list|length }}",
    "conditions": "{{ 'a' if 1 == 1 else 'b' }} {{ 'a' if false }} {{ not true }} {{ true and false or true }} {{ 1 in [1,2] }} {{ 'x' not in 'abc' }} {{ 'role' in messages[0] }} {{ 'tool_calls' in messages[0] }}",
    "type tests": "{{ 'a' is string }} {{ 1 is string }} {{ messages is iterable }} {{ messages[0] is mapping }} {{ 1 is number }} {{ none is none }} {{ 3 is odd }} {{ 'a' is mapping }} {{ messages is sequence }} {{ true is boolean }} {{ 'a' is iterable }}",
    "truth": "{% if '' %}a{% else %}b{% endif %}{% if [] %}a{% else %}b{% endif %}{% if {} %}a{% else %}b{% endif %}{% if 0 %}a{% else %}b{% endif %}{% if none %}a{% else %}b{% endif %}{% if ' ' %}a{% else %}b{% endif %}{% if messages %}a{% else %}b{% endif %}",
    "arithmetic": "{{ 7 // 2 }} {{ 7 % 3 }} {{ 2 * 3 + 1 }} {{ 1 + 2 * 3 }} {{ 7 / 2 }} {{ -7 // 2 }} {{ 2 ** 3 }} {{ 1 - 2 }}",
    "comparison": "{{ 1 < 2 }} {{ 2 <= 2 }} {{ 'a' != 'b' }} {{ 1 == 1.0 }} {{ 'a' < 'b' }} {{ none == none }} {{ messages|length > 1 }}",
    "concatenation": "{{ 'a' ~ 1 ~ true }} {{ 'a' + 'b' }} {{ [1] + [2] }}",
    "macro": "{% macro turn(m, end='!') %}<{{ m.role }}>{{ m.content }}{{ end }}{% endmacro %}{% for m in messages %}{{ turn(m) }}{% endfor %}{{ turn(messages[0], end='?') }}",
    "dict access": "{{ messages[0]['role'] }} {{ messages[0].role }} {{ messages[0].get('role') }} {{ messages[0].get('x', 'none') }} {{ messages[0].x is defined }} {% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}",
    "missing field": "[{{ messages[0].reasoning_content }}] [{{ nothing }}] {% if messages[0].tool_calls %}a{% else %}b{% endif %}",
    "break and continue": "{% for m in messages %}{% if loop.index == 1 %}{% continue %}{% endif %}{{ m.role }}{% break %}{% endfor %}",
    "filtered loop": "{% for m in messages if m.role == 'user' %}{{ loop.index }}{{ m.content }}{% else %}none{% endfor %}",
    "loop else": "{% for m in [] %}x{% else %}none{% endfor %}",
    "range": "{% for i in range(3) %}{{ i }}{% endfor %}{% for i in range(1, 4) %}{{ i }}{% endfor %}",
    "reassigned messages": "{% if messages[0].role == 'system' %}{% set rest = messages[1:] %}{% set s = messages[0].content %}{% else %}{% set rest = messages %}{% set s = '' %}{% endif %}{{ s }}|{% for m in rest %}{{ m.content }};{% endfor %}",
    "messages set anew": "{% if messages[0].role == 'system' %}{% set messages = messages[1:] %}{% endif %}{{ messages|length }}",
    "tokens": "{{ bos_token }}{{ messages[0].content + eos_token }}",
    "escapes": "{{ 'a\\nb\\t\"c\\'d\\\\e' }}",
    "no escaping": "{{ '<a href=\"x\">&</a>' }}",
    "generation prompt": "{% if add_generation_prompt %}yes{% else %}no{% endif %} {{ add_generation_prompt }}",
    "generation block": "{% for m in messages %}{% generation %}{{ m.content }}{% endgeneration %}{% endfor %}",
    "block set": "{% set x %}a{{ 1 }}b{% endset %}[{{ x }}]",
    "elif": "{% for m in messages %}{% if m.role == 'system' %}S{% elif m.role == 'user' %}U{% else %}A{% endif %}{% endfor %}",
    "tuple unpacking": "{% set a, b = 1, 2 %}{{ a }}{{ b }}",
    "nested lists": "{{ [[1, 2], [3]][0][1] }} {{ {'a': {'b': 'c'}}.a.b }} {{ {'a': 1}['a'] }}",
    "numbers": "{{ 1.0 }} {{ 2.50 }} {{ 1e3 }} {{ 10 }} {{ true }} {{ none }} {{ [1, 'a', true, none] }} {{ {'a': 1} }}",
    "syntax error": "{% if %}{{ }",
    "unknown filter": "{{ messages | nosuchfilter }}",
}


def render(template, messages, generation_prompt):
    try:
        out, _ = chat.render_jinja_template([messages], chat_template=template, add_generation_prompt=generation_prompt,
                                            tools=None, documents=None, bos_token="<|begin|>", eos_token="<|end|>")
        return dict(expected=out[0])
    except Exception as e:
        return dict(error=str(e))


def chats(folder):
    class Clock(datetime.datetime):
        @classmethod
        def now(cls, tz=None):
            return cls(2025, 2, 3, 4, 5, 6)

    chat.datetime = Clock
    published = []
    for file in sorted(os.listdir(folder)):
        if file.endswith(".jinja"):
            # transformers reads chat_template.jinja as it is, a final newline included
            text = open(os.path.join(folder, file), encoding="utf-8", newline="").read()
            for name, messages in CHATS.items():
                for prompt in (True, False):
                    published.append(dict(template=file, name=name, messages=messages, add_generation_prompt=prompt,
                                          **render(text, messages, prompt)))
    features = [dict(template=text, name=name, chat=which, messages=CHATS[which], add_generation_prompt=True,
                     **render(text, CHATS[which], True))
                for name, text in FEATURES.items() for which in ("two turns", "system and question")]
    golden_files.write(folder, dict(bos_token="<|begin|>", eos_token="<|end|>", date="2025-02-03", published=published,
                                    features=features), SCRIPT, PACKAGES, tolerance="none: texts are equal")


def tokenizer(folder, model, tokenizer_json):
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("tokenizer_config.json", "config.json", "generation_config.json"):
            shutil.copy(os.path.join(model, name), scratch)
        target = os.path.join(scratch, "tokenizer.json")
        with open(target, "wb") as f:
            f.write(tokenizer_json)
        t = PreTrainedTokenizerFast.from_pretrained(scratch)
        cases = []
        for text in TEXTS:
            ids = t.encode(text, add_special_tokens=False)
            cases.append(dict(text=text, ids=ids, prompt_ids=t.encode(text, add_special_tokens=True),
                              decoded=t.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False),
                              decoded_with_special=t.decode(ids, skip_special_tokens=False,
                                                            clean_up_tokenization_spaces=False)))
        golden_files.write(folder, dict(tokenizer_sha256=golden_files.sha256(target), cases=cases), SCRIPT, PACKAGES,
                           tolerance="none: ids and texts are equal")


def main():
    out = sys.argv[1]
    chats(out + "/chat")
    smollm2 = os.path.join(ROOT, "tools", "models", "smollm2-135m")
    with gzip.open(os.path.join(smollm2, "tokenizer.json.gz")) as f:
        tokenizer(out + "/tokenizer/smollm2", smollm2, f.read())
    embedded = os.path.join(ROOT, "experiments", "src", "main", "resources", "org", "r1zero", "embedded-base")
    with open(os.path.join(embedded, "tokenizer.json"), "rb") as f:
        tokenizer(out + "/tokenizer/embedded-base", embedded, f.read())


main()
