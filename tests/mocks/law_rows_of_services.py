"""Of each law of the other services: requests, replies, and what it says of them."""

NAN = float("nan")
LONG = "x" * 50
MADE = "65f0" * 6  # An id as MongoDB makes them.
OWN = {"system_prompt_template": "{a}", "user_prompt_template": "x"}
ROWS = {
    ("agent", "assistant", "id-tells-kind"): [
        ({}, {"id": "assistant_1"}, None),
        ({}, {"id": "a"}, "id: 'a' does not begin with assistant_"),
    ],
    ("agent", "message", "kept"): [
        ({"content": "a"}, {"content": [{"text": "a"}, {"text": "b"}]}, None),
        ({"content": [{"text": "a"}, {"text": "b"}]}, {"content": [{"text": "b"}]}, None),
        ({"content": [{"text": "b"}]}, {"content": [{"text": "b"}]}, None),
        ({"content": "b"}, {"content": [{"text": "a"}]}, "content: is 'a', 'b' was sent"),
        ({"content": "a"}, {"content": [{"text": "b"}]}, "content: is 'b', 'a' was sent"),
        (
            {"content": "y" * 50},
            {"content": [{"text": LONG}]},
            f"content: is {LONG[:40]!r}, {'y' * 40!r} was sent",
        ),
    ],
    ("agent", "chat", "answers-prompt"): [
        ({"messages": "a"}, {"prompt": "a"}, None),
        ({"messages": "a"}, {"prompt": "b"}, "prompt: is not what was asked"),
        ({"messages": "b"}, {"prompt": "a"}, "prompt: is not what was asked"),
        ({"messages": []}, {"prompt": "a"}, None),
        ({"messages": "a"}, {}, None),
    ],
    ("agent", "chat", "says-something"): [
        ({}, {"text": "a"}, None),
        ({}, {"text": ""}, "the answer is empty"),
    ],
    ("arb_post_hearing_assistant", "transcript", "is-json"): [
        ({}, {"text": "{}"}, None),
        ({}, {"text": "[]"}, "text: is JSON, and no object"),
        ({}, {"text": LONG}, f"text: {LONG[:40]!r} is no JSON"),
        ({}, {"text": '{"b": 1, "a": 1}'}, "text: has keys that were not asked for: ['a', 'b']"),
    ],
    ("arb_post_hearing_assistant", "transcript", "keeps-prompt"): [
        ({"messages": "b"}, {"prompt": "b"}, None),
        ({"messages": "b"}, {"prompt": "a"}, "prompt: is not what was asked"),
        ({"messages": "b"}, {"prompt": "c"}, "prompt: is not what was asked"),
        ({"messages": []}, {"prompt": "c"}, None),
    ],
    ("chathistory", "chat", "id-or-done"): [
        ({}, MADE, None),
        ({}, True, "id: True is no id of mongodb"),
        ({"id": "1"}, True, None),
        ({"id": "1"}, False, None),
        ({"id": "1"}, MADE, f"the reply is '{MADE}'; a change is true or false"),
    ],
    ("chathistory", "chats", "as-kept"): [
        ({}, [], None),
        ({}, {}, "a user's chats are no list"),
        ({"id": "1"}, {}, None),
        ({"id": "1"}, [], "a chat is no object"),
    ],
    ("chathistory", "chats", "ids-differ"): [
        ({}, [{"id": 1}, {"id": 2}], None),
        ({}, [{"id": 1}, {"id": 1}], "ids [1, 1] are not all different"),
        ({}, {"id": 1}, None),
    ],
    ("dataprep", "listing", "entries-whole"): [
        ({}, [dict.fromkeys(("name", "id", "type", "parent", "more"))], None),
        (
            {},
            [dict.fromkeys(("name", "id", "type", "parent")), {"id": 1, "type": 2}],
            "[1]: lacks ['name', 'parent']",
        ),
    ],
    ("dataprep.multimodal", "form", "kept-apart"): [
        ({}, {"file_id_maps": {"a": "x", "b": "y"}}, None),
        (
            {},
            {"file_id_maps": {"a": "x", "b": "x"}},
            "file_id_maps: leads to ['x', 'x'], not to one name each",
        ),
        ({}, {"file_id_maps": {}}, "file_id_maps: leads to [], not to one name each"),
        ({}, {"file_id_maps": None}, "file_id_maps: leads to [], not to one name each"),
    ],
    ("dataprep.multimodal", "names", "names"): [
        ({}, ["a"], None),
        ({}, ["", "a", ""], "the list holds 2 empty names"),
    ],
    ("feedback_management", "feedback", "id-or-done"): [
        ({}, MADE, None),
        ({}, True, "id: True is no id of mongodb"),
        ({"feedback_id": ""}, True, None),
        ({"feedback_id": "1"}, False, None),
        ({"feedback_id": "1"}, MADE, f"the reply is '{MADE}'; a change is true or false"),
    ],
    ("feedback_management", "feedback", "asked-for"): [
        ({"feedback_id": "b"}, {"feedback_id": "b"}, None),
        ({"feedback_id": "b"}, {"feedback_id": "a"}, "feedback_id: is 'a', which was not asked for"),
        ({"feedback_id": "b"}, {"feedback_id": "c"}, "feedback_id: is 'c', which was not asked for"),
        ({"user": "me"}, [{"chat_data": {"user": "me"}}], None),
        ({"user": "me"}, [], None),
        (
            {"user": "me"},
            [{"chat_data": {"user": each}} for each in ("you", "me", "all")],
            "feedback of ['all', 'you'] is among that of 'me'",
        ),
    ],
    ("feedback_management", "feedback", "ids-differ"): [
        ({}, [{"feedback_id": 1}, {"feedback_id": 2}], None),
        ({}, [{"feedback_id": 1}] * 2, "ids [1, 1] are not all different"),
        ({}, {"feedback_id": 1}, None),
    ],
    ("finetuning", "file", "name-quoted"): [
        ({}, {"filename": "a%20b"}, None),
        ({}, {"filename": "a b"}, "filename: 'a b' is not quoted"),
        ({}, {"filename": "ä"}, "filename: 'ä' is not quoted"),
    ],
    ("finetuning", "job", "as-asked"): [
        ({"model": "m", "training_file": "f"}, {"model": "m", "training_file": "f"}, None),
        (
            {"model": "m", "training_file": "f"},
            {"model": "n", "training_file": "g"},
            "model: is 'n', asked was 'm'",
        ),
        (
            {"model": "m", "training_file": "f"},
            {"model": "l", "training_file": "e"},
            "model: is 'l', asked was 'm'",
        ),
        (
            {"model": "m", "training_file": "f"},
            {"model": "m", "training_file": "g"},
            "training_file: is 'g', asked was 'f'",
        ),
    ],
    ("finetuning", "job", "same-job"): [
        ({"fine_tuning_job_id": "b"}, {"id": "b"}, None),
        ({"fine_tuning_job_id": "b"}, {"id": "a"}, "id: is 'a', asked was 'b'"),
        ({"fine_tuning_job_id": "b"}, {"id": "c"}, "id: is 'c', asked was 'b'"),
    ],
    ("finetuning", "jobs", "ids-differ"): [
        ({}, {"data": [{"id": 1}, {"id": 2}]}, None),
        ({}, {"data": [{"id": 1}, {"id": 1}]}, "ids [1, 1] are not all different"),
        ({}, [{"id": 1}, {"id": 1}], "ids [1, 1] are not all different"),
    ],
    ("finetuning", "job", "of-job"): [
        ({"fine_tuning_job_id": "a"}, [{"fine_tuning_job_id": "a"}], None),
        ({"fine_tuning_job_id": "a"}, [], None),
        (
            {"fine_tuning_job_id": "a"},
            [{"fine_tuning_job_id": each} for each in "cab"],
            "checkpoints of ['b', 'c'] are among those of 'a'",
        ),
    ],
    ("guardrails.bias_detection", "text", "passes-or-blocks"): [
        ({"text": "b"}, {"downstream_black_list": [], "text": "b"}, None),
        (
            {"text": "b"},
            {"downstream_black_list": [], "text": "a"},
            "text: let through as 'a', which was not asked",
        ),
        (
            {"text": "b"},
            {"downstream_black_list": [], "text": "c"},
            "text: let through as 'c', which was not asked",
        ),
        ({}, {"downstream_black_list": [], "text": "c"}, None),
        ({"text": "b"}, {"downstream_black_list": [".*"], "text": "Violated policies: x"}, None),
        ({"text": "b"}, {"downstream_black_list": [".*"], "text": "b"}, "text: blocked without policy, 'b'"),
        (
            {"text": "b"},
            {"downstream_black_list": ["x"], "text": "b"},
            "downstream_black_list: is ['x'], neither [] nor ['.*']",
        ),
    ],
    ("guardrails.factuality_alignment", "texts", "share"): [
        *[({}, {"score": score}, None) for score in (0, 0.5, 1)],
        *[({}, {"score": score}, f"score: is {score}, not 0..1") for score in (-0.01, 1.01, 2, NAN)],
    ],
    ("guardrails.hallucination_detection", "chat", "has-score"): [
        ({}, {"text": '{"SCORE": PASS}'}, None),
        ({}, {"text": '{"SCORE": FAIL}'}, None),
        ({}, {"text": "PASS"}, "text: says neither PASS nor FAIL, 'PASS'"),
        ({}, None, "text: says neither PASS nor FAIL, ''"),
    ],
    ("guardrails.pii_detection", "prompt", "one-of-two"): [
        ({}, {"detected_pii": [], "new_prompt": None}, None),
        ({"replace": True}, {"detected_pii": None, "new_prompt": ""}, None),
        (
            {},
            {"detected_pii": None, "new_prompt": None},
            "detected_pii: is null; with replace False it is the answer",
        ),
        (
            {"replace": True},
            {"detected_pii": None, "new_prompt": None},
            "new_prompt: is null; with replace True it is the answer",
        ),
        ({}, {"detected_pii": [], "new_prompt": "a"}, "new_prompt: is 'a', where detected_pii is the answer"),
        (
            {"replace": True},
            {"detected_pii": [], "new_prompt": "a"},
            "detected_pii: is [], where new_prompt is the answer",
        ),
    ],
    ("guardrails.prompt_injection.predictionguard", "text", "share"): [
        *[({}, {"score": score}, None) for score in (0, 0.5, 1)],
        *[({}, {"score": score}, f"score: is {score}, not 0..1") for score in (-0.01, 1.01, 2, NAN)],
    ],
    ("language_detection", "answer", "languages"): [
        ({}, {"data": {"source_lang": "en", "target_lang": "English"}}, None),
        (
            {},
            {"data": {"source_lang": "xx", "target_lang": "yy"}},
            "data.source_lang: is 'xx', no language that is known",
        ),
        ({}, {"data": {"source_lang": "en"}}, "data.target_lang: is None, no language that is known"),
    ],
    ("language_detection", "answer", "text-kept"): [
        ({"text": "b"}, {"data": {"text": "b"}}, None),
        ({"text": "b"}, {"data": {"text": "a"}}, "data.text: is 'a', given was 'b'"),
        ({"text": "b"}, {"data": {"text": "c"}}, "data.text: is 'c', given was 'b'"),
        ({"text": "b"}, {"data": {}}, "data.text: is None, given was 'b'"),
    ],
    ("language_detection", "answer", "templates"): [
        (
            {},
            {"system_prompt_template": "{source_lang} {target_lang}", "user_prompt_template": "{text}"},
            None,
        ),
        (
            {},
            {"system_prompt_template": "", "user_prompt_template": "{text}"},
            "the templates lack {source_lang}",
        ),
        (
            {},
            {"system_prompt_template": "{source_lang}", "user_prompt_template": "{target_lang}"},
            "the templates lack {text}",
        ),
    ],
    ("prompt_registry", "prompt", "id"): [({}, MADE, None), ({}, "1", "id: '1' is no id of mongodb")],
    ("prompt_registry", "prompts", "as-asked"): [
        ({"prompt_id": "1"}, "a", None),
        ({"prompt_id": "1"}, [], "a prompt asked for by its id is no text"),
        ({}, [], None),
        ({}, "a", "prompts asked for by user or words are no list"),
    ],
    ("prompt_registry", "prompts", "of-user"): [
        ({"user": "me"}, [{"user": "me"}], None),
        (
            {"user": "me"},
            [{"user": each} for each in ("you", "me", "all")],
            "prompts of ['all', 'you'] are among those of 'me'",
        ),
        ({"user": "me", "prompt_id": "1"}, [{"user": "you"}], None),
        ({"user": "me", "prompt_text": "x"}, [{"user": "you"}], None),
    ],
    ("prompt_registry", "prompts", "best-first"): [
        ({"prompt_text": "x"}, [{"score": each} for each in (3, 2, 2, 1, 0)], None),
        ({"prompt_text": "x"}, [], None),
        ({"prompt_text": "x"}, [{"score": each} for each in (1, 2)], "scores [1, 2] do not fall"),
        ({"prompt_text": "x"}, [{"score": 1}] * 6, "6 prompts were found, 5 are the most"),
        ({"prompt_text": "x", "prompt_id": "1"}, [{"score": each} for each in (1, 2)], None),
        ({}, [{"score": each} for each in (1, 2)], None),
    ],
    ("prompt_template", "data", "holds-data"): [
        ({**OWN, "data": {"a": " b ", "n": 7}}, {"chat_template": "x b y"}, None),
        (
            {**OWN, "data": {"a": LONG}},
            {"chat_template": ""},
            f"chat_template: does not hold data.a, {LONG[:40]!r}",
        ),
        ({"data": {"a": LONG}}, {"chat_template": ""}, None),
        (
            {"data": {"user_prompt": "a"}},
            {"chat_template": "b"},
            "chat_template: does not hold data.user_prompt, 'a'",
        ),
    ],
    ("prompt_template", "data", "asks"): [
        ({}, {"query": "b", "chat_template": "abc"}, None),
        ({}, {"query": "d", "chat_template": "abc"}, "query: is no part of chat_template"),
    ],
    ("prompt_template", "data", "no-place-left"): [
        ({"data": {}}, {"chat_template": "a b"}, None),
        ({"data": {}}, {"chat_template": "a {b}"}, "chat_template: still has the places ['b']"),
        ({"data": {"a": "{b}"}}, {"chat_template": "{b}"}, None),
        ({"data": {}, "conversation_history": ["{b}"]}, {"chat_template": "{b}"}, None),
    ],
    ("router", "text", "address"): [
        ({}, {"url": "https://a.b"}, None),
        ({}, {"url": "ftp://a"}, "url: is 'ftp://a', no address (http or https)"),
    ],
    ("struct2graph", "task", "fits-task"): [
        ({"task": "Index"}, {"result": "Done indexing"}, None),
        ({"task": "Index"}, {"result": LONG}, f"result: is {LONG[:40]!r}, 'Done indexing' was promised"),
        ({"task": "Index"}, {"result": "A"}, "result: is 'A', 'Done indexing' was promised"),
        ({"task": "Query"}, {"result": []}, None),
        ({"task": "A"}, {"result": []}, None),
        ({"task": "Query"}, {"result": "Done indexing"}, "result: is no list of rows"),
    ],
    ("text2cypher", "question", "rows-alike"): [
        ({}, [{"a": 1}, {"a": 2}], None),
        ({}, [], None),
        ({}, "a", None),
        ({}, [{"b": 1}, {"a": 2}], "rows have the columns [('a',), ('b',)], not one set of them"),
    ],
    ("text2graph", "text", "in-text"): [
        (
            {"input_text": "Ada  knows\nBob"},
            {"result": {"graph_triplets": {"relations": [{"head": "ada", "tail": "KNOWS Bob"}]}}},
            None,
        ),
        (
            {"input_text": "Ada"},
            {
                "result": {
                    "graph_triplets": {
                        "relations": [{"head": "ada", "tail": "Ada"}, {"head": "Ada", "tail": LONG}]
                    }
                }
            },
            f"relations[1].tail: {LONG[:40]!r} is not in the text",
        ),
    ],
    ("text2graph", "text", "each-once"): [
        ({}, {"result": {"graph_triplets": {"relations": ["a", "b"]}}}, None),
        ({}, {"result": {"graph_triplets": {"relations": ["a", "b", "b", "a"]}}}, "relations: b comes twice"),
    ],
    ("text2kg", "question", "says-something"): [
        ({}, {"result": {"response": "a"}}, None),
        ({}, {"result": {"response": ""}}, "result.response: is empty"),
    ],
    ("text2query", "sql", "question-kept"): [
        ({"query": "b"}, {"result": {"input": {"query": "b"}}}, None),
        ({}, {"result": {"input": {"query": None}}}, None),
        ({"input_text": "b", "query": "a"}, {"result": {"input": {"input_text": "b"}}}, None),
        ({"query": "b"}, {"result": {"input": {"query": "a"}}}, "result.input.query: is 'a', asked was 'b'"),
        ({"query": "b"}, {"result": {"input": {"query": "c"}}}, "result.input.query: is 'c', asked was 'b'"),
    ],
    ("text2query", "sql", "is-select"): [
        ({}, {"result": {"sql": " select 1; "}}, None),
        ({}, {"result": {"sql": "WITH a AS (b) SELECT 1"}}, None),
        ({}, {"result": {"sql": "SELECT 1; SELECT 2"}}, "result.sql: is more than one statement"),
        ({}, {"result": {"sql": f"DROP {LONG}"}}, f"result.sql: {f'DROP {LONG}'[:40]!r} is no SELECT"),
    ],
}
