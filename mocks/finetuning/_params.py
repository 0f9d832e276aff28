"""What a fine-tuning job is told (comps/finetuning/src/integrations/finetune_config.py, GenAIComps 8130a3f)."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, PositiveInt

from harness.opea.proto.doc import ABSENT
from harness.opea.proto.finetuning import FineTuningJobsRequest


def _lowered(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


class LoadConfig(BaseModel):
    """How the model is loaded."""

    trust_remote_code: bool = False
    token: str | None = None


class LoraConfig(BaseModel):
    """How low-rank adaptation is done."""

    task_type: str = "CAUSAL_LM"
    r: int = 8
    lora_alpha: int = 32
    lora_dropout: float = 0.1
    target_modules: list[str] | None = None


class XtuneConfig(BaseModel):
    """What the xtune component is told."""

    tool: Literal["", "clip", "adaclip"] = ""
    trainer: str = ""
    model: str = ""
    config_file: str = ""
    dataset: str = ""
    dataset_root: str = ""
    device: str = ""


class GeneralConfig(BaseModel):
    """What is trained, and where it goes; `save_strategy` other than `no` leaves checkpoints on the way."""

    base_model: str = ABSENT
    tokenizer_name: str | None = None
    gaudi_config_name: str | None = None
    gpt_base_model: bool = False
    output_dir: str = "./tmp"
    report_to: Literal["none", "tensorboard"] = "none"
    resume_from_checkpoint: str | None = None
    save_strategy: str = "no"
    config: LoadConfig = LoadConfig()
    lora_config: LoraConfig | None = LoraConfig()
    xtune_config: XtuneConfig | None = XtuneConfig()
    enable_gradient_checkpointing: bool = False
    task: Literal["instruction_tuning", "pretraining", "dpo", "rerank", "embedding", "reasoning"] = "instruction_tuning"  # fmt: skip


class DatasetConfig(BaseModel):
    """What it is trained on."""

    train_file: str = ABSENT
    validation_file: str | None = None
    validation_split_percentage: int = 5
    max_length: int = 512
    group: bool = True
    block_size: int = 512
    shuffle: bool = False
    max_source_length: int = 384
    max_prompt_length: int = 512
    padding_side: str = "right"
    truncation_side: str = "right"
    max_seq_length: int = 512
    truncation: bool = True
    padding: bool | str = True
    pad_to_max: bool = False
    mask_input: bool = True
    mask_response: bool = True
    data_preprocess_type: str = "neural_chat"
    max_train_samples: int = 0
    max_eval_samples: int = 0
    train_group_size: int = 8
    query_max_len: int = 128
    passage_max_len: int = 128
    query_instruction_for_retrieval: str | None = None
    passage_instruction_for_retrieval: str | None = None
    reasoning_dataset_keys: list[str] | None = ["Question", "Complex_CoT", "Response"]


class RayResourceConfig(BaseModel):
    """What each worker gets."""

    CPU: int = 32
    GPU: int = 0
    HPU: int = 0


class EmbeddingTrainingConfig(BaseModel):
    """How embeddings are trained."""

    negatives_cross_device: bool = False
    temperature: float | None = 0.02
    sentence_pooling_method: str = "cls"
    normalized: bool = True
    use_inbatch_neg: bool = True


class TrainingConfig(BaseModel):
    """How it is trained."""

    optimizer: str = "adamw_torch"
    batch_size: int = 2
    epochs: int = 1
    max_train_steps: int | None = None
    learning_rate: float = 5.0e-5
    lr_scheduler: str = "linear"
    weight_decay: float = 0.0
    device: Annotated[Literal["", "cpu", "gpu", "hpu", "cuda"], BeforeValidator(_lowered)] = "cpu"
    hpu_execution_mode: Literal["", "lazy", "eager", "eager.compile"] = "lazy"
    num_training_workers: int = 1
    resources_per_worker: RayResourceConfig = RayResourceConfig()
    accelerate_mode: Literal["", "DDP", "FSDP", "DEEPSPEED"] = "DDP"
    mixed_precision: Literal["", "bf16", "fp16", "no"] = "no"
    gradient_accumulation_steps: int = 1
    logging_steps: PositiveInt = 10
    deepspeed_config_file: str = ""
    embedding_training_config: EmbeddingTrainingConfig | None = EmbeddingTrainingConfig()
    dpo_beta: float = 0.1


class FineTuningParams(FineTuningJobsRequest):
    """A job is wanted, and all that OPEA lets it be told."""

    General: GeneralConfig = GeneralConfig()
    Dataset: DatasetConfig = DatasetConfig()
    Training: TrainingConfig = TrainingConfig()
