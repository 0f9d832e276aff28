"""The bias guardrail on the real base class of opea-comps, with our words in the place of a model.

It does what OPEA's does (comps/guardrails/src/bias_detection at GenAIComps 8130a3f): what is blocked is answered with HTTP 200 and a
document that nothing comes after; of a list only the first text is judged.
"""

import os
import time

from comps import (
    OpeaComponent,
    OpeaComponentLoader,
    OpeaComponentRegistry,
    ServiceType,
    TextDoc,
    opea_microservices,
    register_microservice,
    register_statistics,
    statistics_dict,
)

from mocks.guardrails._rules import BIASED, first_found

NAME = "opea_service@bias_detection"


@OpeaComponentRegistry.register("OPEA_NATIVE_BIAS")
class Words(OpeaComponent):
    """Looks for words."""

    def __init__(self, name, description, config=None):
        super().__init__(name, ServiceType.GUARDRAIL.name.lower(), description, config)

    def check_health(self) -> bool:
        return True

    async def invoke(self, document):
        judged = document.text if isinstance(document.text, str) else document.text[0]
        if first_found(BIASED, judged):
            return TextDoc(
                text="Violated policies: bias, please check your input.", downstream_black_list=[".*"]
            )
        return TextDoc(text=document.text)


loader = OpeaComponentLoader(
    os.getenv("BIAS_DETECTION_COMPONENT_NAME", "OPEA_NATIVE_BIAS"), description="looks for bias"
)


@register_microservice(
    name=NAME,
    service_type=ServiceType.GUARDRAIL,
    endpoint="/v1/bias",
    host="0.0.0.0",
    port=9092,
    input_datatype=TextDoc,
    output_datatype=TextDoc,
)
@register_statistics(names=[NAME])
async def judge(input: TextDoc) -> TextDoc:  # noqa: A002 - as OPEA calls it
    began = time.time()
    answer = await loader.invoke(input)
    statistics_dict[NAME].append_latency(time.time() - began, None)
    return answer


opea_microservices[NAME].start()
