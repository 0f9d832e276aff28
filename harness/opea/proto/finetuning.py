"""Fine-tuning and its files in OpenAI's manner (comps/cores/proto/api_protocol.py, GenAIComps 8130a3f)."""

from typing import Literal

from fastapi import UploadFile
from pydantic import BaseModel, PositiveInt

from harness.opea.proto.doc import ABSENT


class Hyperparameters(BaseModel):
    """How to train; "auto" leaves it to the trainer."""

    batch_size: Literal["auto"] | int | None = "auto"
    learning_rate_multiplier: Literal["auto"] | float | None = "auto"
    n_epochs: Literal["auto"] | int | None = "auto"


class FineTuningJobWandbIntegration(BaseModel):
    """The Weights and Biases project that a job reports to."""

    project: str
    entity: str | None = None
    name: str | None = None
    tags: list[str] | None = None


class FineTuningJobWandbIntegrationObject(BaseModel):
    """A job's integration with Weights and Biases."""

    type: Literal["wandb"]
    wandb: FineTuningJobWandbIntegration


class FineTuningJobsRequest(BaseModel):
    """A request to create a fine-tuning job."""

    model: str
    training_file: str
    hyperparameters: Hyperparameters | None = None
    suffix: str | None = None
    validation_file: str | None = None
    integrations: list[FineTuningJobWandbIntegrationObject] | None = None
    seed: str | None = None


class Error(BaseModel):
    """Why a job failed."""

    code: str
    message: str
    param: str | None = None


class FineTuningJob(BaseModel):
    """A fine-tuning job and how far it has come."""

    id: str
    created_at: int
    error: Error | None = None
    fine_tuned_model: str | None = None
    finished_at: int | None = None
    hyperparameters: Hyperparameters
    model: str
    object: Literal["fine_tuning.job"] = "fine_tuning.job"
    organization_id: str | None = None
    result_files: list[str] = ABSENT
    status: Literal["validating_files", "queued", "running", "succeeded", "failed", "cancelled"]
    trained_tokens: int | None = None
    training_file: str
    validation_file: str | None = None
    integrations: list[FineTuningJobWandbIntegrationObject] | None = None
    seed: int | None = None
    estimated_finish: int | None = None


class FineTuningJobIDRequest(BaseModel):
    """A request that names one job."""

    fine_tuning_job_id: str


class FineTuningJobListRequest(BaseModel):
    """A request to list jobs."""

    after: str | None = None
    limit: PositiveInt | None = 20


class FineTuningJobList(BaseModel):
    """A page of jobs."""

    object: str = "list"
    data: list[FineTuningJob]
    has_more: bool


class UploadFileRequest(BaseModel):
    """A file to be uploaded."""

    purpose: str
    file: UploadFile


class FileObject(BaseModel):
    """An uploaded file."""

    id: str
    bytes: int
    created_at: int
    filename: str
    object: str = "file"
    purpose: str


class Metrics(BaseModel):
    """Losses and accuracies of a training step."""

    full_valid_loss: float | None = None
    full_valid_mean_token_accuracy: float | None = None
    step: float | None = None
    train_loss: float | None = None
    train_mean_token_accuracy: float | None = None
    valid_loss: float | None = None
    valid_mean_token_accuracy: float | None = None


class FineTuningJobCheckpoint(BaseModel):
    """A checkpoint of a job."""

    id: str
    created_at: int
    fine_tuned_model_checkpoint: str
    fine_tuning_job_id: str
    metrics: Metrics | None = None
    object: Literal["fine_tuning.job.checkpoint"]
    step_number: int | None = None
