"""Writes src/formats/chat/renderings.json: texts that transformers renders from chat templates, which our renderer must match.

Needs transformers and jinja2; run from anywhere: python3 scripts/chat-renderings.py
"""

import json
from pathlib import Path

from transformers.utils.chat_template_utils import render_jinja_template

TEMPLATES = {
    "chatml with a system message of its own": """{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou help.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""",
    "chatml with blocks on lines of their own": """
{%- if messages[0].role == 'system' %}
    {{- '<|im_start|>system\\n' + messages[0].content + '<|im_end|>\\n' }}
{%- endif %}
  {% for message in messages %}
    {%- if message.role == "user" or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {% elif message.role == 'assistant' %}
        {{- '<|im_start|>assistant\\n' ~ message.content | trim ~ '<|im_end|>\\n' -}}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}
""",
    "thinking that is kept after the last question alone": """
{%- set ns = namespace(last=-1) %}
{%- for message in messages[::-1] %}
  {%- if ns.last < 0 and message.role == 'user' and not (message.content.startswith('<r>') and message.content.endswith('</r>')) %}
    {%- set ns.last = messages|length - 1 - loop.index0 %}
  {%- endif %}
{%- endfor %}
{%- for message in messages %}
  {%- set content = message.content %}
  {%- set reasoning = '' %}
  {%- if '</think>' in content %}
    {%- set reasoning = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
    {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
  {%- endif %}
  {{- '[' + message.role + ']' }}
  {%- if message.role == 'assistant' and loop.index0 > ns.last and (loop.last or (not loop.last and reasoning)) %}
    {{- '<think>' + reasoning.strip('\\n') + '</think>' }}
  {%- endif %}
  {{- content + '[/]' }}
{%- endfor %}
{%- if add_generation_prompt %}{{ '[assistant]' }}{% endif %}""",
    "a BOS, and the user's first turn with the system's": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{% set system_message = messages[0]['content'].strip() + '\\n\\n' %}{% set loop_messages = messages[1:] %}{% else %}{% set system_message = '' %}{% set loop_messages = messages %}{% endif %}{% for message in loop_messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must alternate user/assistant/user/assistant/...') }}{% endif %}{% if loop.index0 == 0 %}{% set content = system_message + message['content'] %}{% else %}{% set content = message['content'] %}{% endif %}{% if message['role'] == 'user' %}{{ '[INST] ' + content.strip() + ' [/INST]' }}{% elif message['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}""",
    "no system at all": """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}""",
    "macros, tools that are none, and marks of what is generated": """{# a comment #}
{%- macro turn(role, text='nothing') -%}
<{{ role }}>{{ text }}</{{ role }}>
{%- endmacro -%}
{%- if tools is not none and tools | length > 0 %}{{ tools | tojson }}{% endif %}
{%- for message in messages if message.role != 'tool' %}
{% generation %}{{ turn(message.role, message.content) }}{% endgeneration %}
{%- if not loop.last %}{{ ',' }}{% else %}{{ '.' }}{% endif %}
{%- endfor %}
{{ turn('end') }}
""",
    "values that are no text": """{{ none }} {{ true }} {{ false }} {{ 1.0 }} {{ 3 / 2 }} {{ 7 // 2 }} {{ 2 ** 5 }} {{ 5 % 3 }} {{ undefined_thing }}| {{ 'a' ~ none ~ true ~ 1 }} {{ messages | length }} {{ (1, 2) | join('-') }} {{ [3, 1, 2] | sort | join }} {{ messages[0].content | upper | replace('A', 'b') }} {{ 'x' if false }}{{ 'y' if messages else 'n' }} {{ messages | map(attribute='role') | list | first }} {{ '%02d' % 3 if false else 'z' }}""",
    "characters that are stripped": """{{ '..a.b..'.strip('.') }} {{ 'xxaxx'.lstrip('x') }} {{ 'xyaxy'.rstrip('yx') }} {{ messages[0].content.strip('W\n') }}|{{ '  b '.strip() }}|""",
    "loops that end early": """{% for message in messages %}{% if loop.index > 2 %}{% break %}{% endif %}{% if message.role == 'system' %}{% continue %}{% endif %}{{ loop.index }}:{{ message.content }};{% else %}none{% endfor %}""",
}
CHATS = {
    "one": [{"role": "user", "content": "Where is Lyon?"}],
    "with a system message": [{"role": "system", "content": " Be brief. "}, {"role": "user", "content": "a 東京 <b> \"q\" 'r'\n"}],
    "three turns": [
        {"role": "user", "content": "one"},
        {"role": "assistant", "content": "<think>\nwell\n</think>\n\n two "},
        {"role": "user", "content": "three"},
    ],
}
OPTIONS = [{"add_generation_prompt": True}, {"add_generation_prompt": False}, {"add_generation_prompt": True, "enable_thinking": False}]
SPECIAL = {"bos_token": "<s>", "eos_token": "</s>"}


def rendered(template, chat, options):
    try:
        texts, _ = render_jinja_template([chat], chat_template=template, **options, **SPECIAL)
        return {"text": texts[0]}
    except Exception as error:
        return {"error": str(error)}


cases = [
    {"template": name, "chat": chat, "options": options, **rendered(TEMPLATES[name], CHATS[chat], options)}
    for name in TEMPLATES
    for chat in CHATS
    for options in OPTIONS
]
out = Path(__file__).resolve().parent.parent / "src/formats/chat/renderings.json"
out.write_text(json.dumps({"templates": TEMPLATES, "chats": CHATS, "special": SPECIAL, "cases": cases}, ensure_ascii=False, indent=1) + "\n")
