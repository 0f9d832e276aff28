"""Llama-Vision: a question about a picture; its guard, which judges the question; its tensor-parallel form and a worker of that."""

from collections.abc import Callable

from harness.comp import Comp, Deviation, Endpoint, Example, Law, Variant, World
from harness.opea.proto.docarray import LVMDoc, TextDoc
from mocks._vision import BLUE, NO_PICTURE, NO_TOKENS, NOT_EMPTY, YELLOW, looked
from mocks.guardrails._rules import INJECTION, TOXIC, first_found

FOLDER = "comps/third_parties/llama-vision/src"


def see(request: LVMDoc, world: World) -> TextDoc:
    """The answer about the picture; it never streams."""
    return TextDoc(text=looked(request.prompt, request.image, tokens_max=request.max_new_tokens).text)


def guard(request: LVMDoc, world: World) -> TextDoc:
    """Whether question and picture are safe, in the guard model's own words; nothing after it is switched off."""
    looked(request.prompt, request.image, tokens_max=request.max_new_tokens)
    unsafe = first_found(TOXIC, request.prompt) or first_found(INJECTION, request.prompt)
    return TextDoc(text="unsafe\nS1" if unsafe else "safe")


NEEDS_ONE = Deviation(
    "one-picture",
    "no picture, and several, are an internal error",
    lambda body: not isinstance(body["image"], str) or not body["image"],
    500,
)
ASKED = {"image": YELLOW, "prompt": "What is this?", "max_new_tokens": 32}
EXAMPLES = (
    Example("picture", ASKED, {"downstream_black_list": []}),
    Example("another", {**ASKED, "image": BLUE}, {"downstream_black_list": []}),
    Example("no-picture", {**ASKED, "image": "QUJD"}, status=400),
    Example("too-many-tokens", {**ASKED, "max_new_tokens": 2000}, status=422),
    Example("no-tokens", {**ASKED, "max_new_tokens": 0}, status=400),
    Example("nothing", {}, status=422),
)
VERDICT = Law(
    "verdict",
    "the text is safe, or unsafe and its categories",
    lambda _request, reply: (
        None if reply["text"].partition("\n")[0] in ("safe", "unsafe") else f"text: is {reply['text'][:40]!r}"
    ),
)


def _endpoint(
    file: str,
    answer: Callable[..., TextDoc] = see,
    law: Law = NOT_EMPTY,
    known: tuple[Deviation, ...] = (NO_PICTURE, NO_TOKENS, NEEDS_ONE),
    path: str = "/v1/lvm",
) -> Endpoint:
    return Endpoint(
        path,
        answer,
        variants=(Variant("picture", LVMDoc, TextDoc, examples=EXAMPLES, laws=(law,)),),
        evidence="executed",
        source=f"{FOLDER}/{file}",
        known=known,
    )


def _comp(suffix: str, title: str, port: int, image: str, endpoint: Endpoint) -> Comp:
    return Comp(
        id=f"third_parties.llama_vision{suffix}",
        title=f"opea_service@{title}",
        port=port,
        service_type="LVM",
        image=f"opea/{image}:latest",
        endpoints=(endpoint,),
    )


ALWAYS = Deviation(
    "always",
    "every request is an internal error: its workers' replies are never awaited",
    lambda _body: True,
    500,
)

COMPS = (
    _comp("", "lvm_llama_vision_native", 9399, "lvm-llama-vision", _endpoint("lvm.py")),
    _comp(
        ".guard",
        "lvm_llama_vision_guard_native",
        9499,
        "lvm-llama-vision-guard",
        _endpoint("lvm_guard.py", guard, VERDICT),
    ),
    _comp(
        ".tp",
        "lvm_llama_vision_tp_native",
        9599,
        "lvm-llama-vision-tp",
        _endpoint("lvm_tp.py", known=(ALWAYS,)),
    ),
    Comp(
        id="third_parties.llama_vision.worker",
        title="lvm_tp_serve",
        port=9394,
        service_type="LVM",
        image="opea/lvm-llama-vision-tp:latest",
        framework=False,
        statistics=False,
        ready="/openapi.json",
        endpoints=(_endpoint("lvm_tp_serve.py", path="/v1/lvm_serve"),),
    ),
)
