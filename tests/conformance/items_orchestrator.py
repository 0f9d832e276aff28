"""The orchestrator (tests/cores/mega/test_service_orchestrator*.py, test_hook*.py, test_runtime_graph.py, GenAIComps 8130a3f)."""

import asyncio
import threading

from tests.conformance.nodes import LIMIT_S, Nodes, appending, free_port, refused, serving

WORDS = {"s1": "opea", "s2": " project1!", "s3": " project2!"}


def adding(name, words):
    """A service of this process that adds words to a text."""
    from comps import MicroService, ServiceType, TextDoc

    service = MicroService(
        name=name,
        service_type=ServiceType.UNDEFINED,
        host="127.0.0.1",
        port=free_port(),
        endpoint="/v1/add",
    )

    async def add(request: TextDoc) -> TextDoc:
        return TextDoc(text=f"{request.text}{words}")

    service.add_route("/v1/add", add)
    return service


def item_12_two_services_in_a_row_say_hello():
    """The second's text holds the work of both."""
    from comps import ServiceOrchestrator

    one, two = adding("s1", "opea "), adding("s2", "project!")
    orchestrator = ServiceOrchestrator()
    orchestrator.add(one)
    orchestrator.add(two)
    orchestrator.flow_to(one, two)
    with serving(one, two):
        results, _ = asyncio.run(orchestrator.schedule(initial_inputs={"text": "hello, "}))
    assert results["s2/MicroService"]["text"] == "hello, opea project!"


def item_13_add_chains():
    """It gives the orchestrator back."""
    from comps import ServiceOrchestrator

    with Nodes() as nodes:
        orchestrator = ServiceOrchestrator()
        assert orchestrator.add(nodes.service("s1")).add(nodes.service("s2")) is orchestrator


def item_14_a_model_goes_in():
    """A pydantic request is sent without its None fields, and what comes back is its echo."""
    from comps.cores.proto.api_protocol import ChatCompletionRequest

    messages = [{"role": "user", "content": "What's up man?"}]
    with Nodes(s1=lambda body: body) as nodes:
        request = ChatCompletionRequest(messages=messages, seed=None)
        results, _ = asyncio.run(nodes.graph(s1=[]).schedule(initial_inputs=request))
        (sent,) = nodes.bodies["s1"]
    assert results["s1/MicroService"]["messages"] == messages
    assert "seed" not in sent
    assert None not in sent.values()


def at_once(orchestrator, *texts):
    """What `schedule` gives for requests that are made together."""

    async def all_of_them():
        return await asyncio.gather(*(orchestrator.schedule({"text": text}) for text in texts))

    return asyncio.run(all_of_them())


def two_at_once():
    """Two requests at once over s1 before s2 and s3: each one's results, and the first's final outputs."""
    replies = {
        name: lambda body, words=words: {"text": body["text"] + words} for name, words in WORDS.items()
    }
    with Nodes(**replies) as nodes:
        orchestrator = nodes.graph(s1=["s2", "s3"], s2=[], s3=[])
        told = at_once(orchestrator, "hello, ", "hi, ")
        return [results for results, _ in told], orchestrator.get_all_final_outputs(*told[0])


def item_15_two_requests_stay_apart():
    """Each has the results of its own text."""
    results, _ = two_at_once()
    assert [each[f"{name}/MicroService"]["text"] for each in results for name in ("s2", "s3")] == [
        "hello, opea project1!",
        "hello, opea project2!",
        "hi, opea project1!",
        "hi, opea project2!",
    ]


def item_16_branches_run_at_once_and_requests_behind_each_other():
    """While the first request is at both branches, the second is at the node before them; none of the three goes on before the others are there."""
    asked, meeting, last = [], threading.Barrier(3), threading.Barrier(2)

    def before(body):
        asked.append(body["text"])
        if body["text"] != asked[0]:
            meeting.wait(LIMIT_S)
        return body

    def branch(body):
        (meeting if body["text"] == asked[0] else last).wait(LIMIT_S)
        return body

    with Nodes(s1=before, s2=branch, s3=branch) as nodes:
        told = at_once(nodes.graph(s1=["s2", "s3"], s2=[], s3=[]), "hello", "hi")
    assert [results["s3/MicroService"]["text"] for results, _ in told] == ["hello", "hi"]


def item_17_all_final_outputs():
    """Of both leaves."""
    _, outputs = two_at_once()
    assert sorted(outputs) == ["s2/MicroService", "s3/MicroService"]


def align_inputs(self, inputs, cur_node, runtime_graph, llm_parameters_dict, **kwargs):
    if self.services[cur_node].service_type.name == "RETRIEVER":
        inputs["k"] = kwargs["retriever_parameters"].k
    return inputs


def align_outputs(self, data, cur_node, inputs, runtime_graph, llm_parameters_dict, **kwargs):
    if self.services[cur_node].service_type.name == "RERANK":
        data["text"] = data["text"][: kwargs["reranker_parameters"].top_n]
    return data


def hooked(**hooks):
    """What a retriever is sent and a reranker's text, with hooks that are set on the class."""
    from comps import ServiceOrchestrator
    from comps.cores.proto.docarray import RerankerParms, RetrieverParms

    own = {name: ServiceOrchestrator.__dict__[name] for name in hooks}
    for name, hook in hooks.items():
        setattr(ServiceOrchestrator, name, hook)
    try:
        with Nodes(s1=appending("opea "), s2=appending("project!")) as nodes:
            s1, s2 = nodes.service("s1", "RETRIEVER"), nodes.service("s2", "RERANK")
            orchestrator = ServiceOrchestrator().add(s1).add(s2)
            orchestrator.flow_to(s1, s2)
            parameters = {
                "retriever_parameters": RetrieverParms(k=8),
                "reranker_parameters": RerankerParms(top_n=5),
            }
            results, _ = asyncio.run(orchestrator.schedule({"text": "hello, "}, **parameters))
            return nodes.bodies["s1"][0], results["s2/MicroService"]["text"]
    finally:
        for name, original in own.items():
            setattr(ServiceOrchestrator, name, original)


def item_18_keyword_arguments_reach_align_inputs():
    """Those of `schedule`."""
    sent, _ = hooked(align_inputs=align_inputs)
    assert sent["k"] == 8


def item_19_keyword_arguments_reach_align_outputs():
    """Those of `schedule`."""
    _, text = hooked(align_outputs=align_outputs)
    assert text == "hello"


def item_20_hooks_may_be_set_on_the_class():
    """An orchestrator that is made later has them, both at once."""
    sent, text = hooked(align_inputs=align_inputs, align_outputs=align_outputs)
    assert (sent["k"], text) == (8, "hello")


def item_21_a_remote_service_need_not_be_up():
    """It is added and wired; what only a service of this process does is refused."""
    from comps import MicroService, ServiceOrchestrator

    with Nodes() as nodes:
        near = nodes.service("s1")
        far = MicroService(name="s2", host="fakehost", port=8008, endpoint="/v1/add", use_remote_service=True)
        orchestrator = ServiceOrchestrator().add(near).add(far)
        orchestrator.flow_to(near, far)
    assert far.endpoint_path() == "http://fakehost:8008/v1/add"
    with refused(Exception, "remote"):
        far._validate_env()


def pruned(listed):
    """How many nodes ran and how many leaves are left, with this black list of s1: s1 before s2 and s3, s3 before s4."""
    first = {"text": "s1", "downstream_black_list": listed}
    with Nodes(s1=first, **{name: {"text": name} for name in ("s2", "s3", "s4")}) as nodes:
        orchestrator = nodes.graph(s1=["s2", "s3"], s2=[], s3=["s4"], s4=[])
        results, graph = asyncio.run(orchestrator.schedule({"text": "Hi!"}))
        return len(results), len(graph.all_leaves())


def item_22_an_empty_black_list():
    """Nothing is cut."""
    assert pruned([]) == (4, 2)


def item_23_a_black_list_of_everything():
    """Only the first node runs."""
    assert pruned([".*"]) == (1, 1)


def item_24_a_black_list_of_a_leaf():
    """The other branch runs to its end."""
    assert pruned(["s2"]) == (3, 1)


def item_25_a_black_list_of_a_branch():
    """What comes after the vetoed node does not run either."""
    assert pruned(["s3"]) == (2, 1)


def item_26_a_document_says_its_black_list():
    """In its JSON."""
    from comps import TextDoc

    document = TextDoc(text="a", downstream_black_list=["s2"])
    assert '"downstream_black_list":["s2"]' in document.model_dump_json()
