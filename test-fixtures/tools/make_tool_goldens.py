"""Makes the goldens of tool calls: what chat templates write of a call, and between a call and the model's next turn.

Usage: python make_tool_goldens.py OUT_DIR    (transformers 5.24.0, jinja2 3.1)

OUT_DIR is test-fixtures/src/main/resources/goldens/tools; the templates are those beside it, in chat.
"""
import os
import sys

import transformers.utils.chat_template_utils as chat

import golden_files

SCRIPT, PACKAGES = "make_tool_goldens.py", ["transformers", "jinja2"]
TOOL = {"type": "function", "function": {
    "name": "calculator", "description": "Calculates.",
    "parameters": {"type": "object", "properties": {"expression": {"type": "string"}}, "required": ["expression"]}}}
QUESTION = dict(role="user", content="What is 12*(3+4)?")
TEMPLATES = {  # what opens and what ends the assistant's turn
    "qwen2_5.jinja": ("<|im_start|>assistant\n", "<|im_end|>"),
    "qwen3.jinja": ("<|im_start|>assistant\n", "<|im_end|>"),
    "llama3_2.jinja": ("<|start_header_id|>assistant<|end_header_id|>\n\n", "<|eot_id|>"),
}
RESULTS = {"12*(3+4)": "84", "7/2": "3.5", "two": "error"}


def main():
    out = sys.argv[1]
    cases = []
    for name, (opens, ends) in TEMPLATES.items():
        text = open(os.path.join(out, "..", "chat", name), encoding="utf-8", newline="").read()
        for expression, result in RESULTS.items():
            call = dict(role="assistant", content="", tool_calls=[
                {"type": "function", "function": {"name": "calculator", "arguments": {"expression": expression}}}])
            turns = [QUESTION, call, dict(role="tool", content=result)]
            whole, _ = chat.render_jinja_template([turns], chat_template=text, add_generation_prompt=True, tools=[TOOL],
                                                  documents=None, bos_token="<|begin|>", eos_token="<|end|>")
            before, after = whole[0].rsplit(opens, 2)[0], whole[0].rsplit(opens, 2)[1]
            said, rest = after.split(ends, 1)
            assert whole[0] == before + opens + said + ends + rest + opens, whole[0]
            cases.append(dict(template=name, whole=whole[0], call=said, result=result, after=ends + rest + opens))
    golden_files.write(out, dict(cases=cases), SCRIPT, PACKAGES, tolerance="none: texts are equal")


main()
