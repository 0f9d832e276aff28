"""Fine-tuning: files are kept, jobs on them are made, looked at, and cancelled, and leave checkpoints."""

from typing import Any
from urllib.parse import quote

from pydantic import BaseModel

from harness.comp import (
    Before,
    Comp,
    Deviation,
    Endpoint,
    Example,
    Law,
    Lifecycle,
    Refusal,
    Upload,
    Variant,
    World,
)
from harness.opea.proto.finetuning import (
    FileObject,
    FineTuningJob,
    FineTuningJobCheckpoint,
    FineTuningJobIDRequest,
    FineTuningJobList,
    Hyperparameters,
)
from mocks._laws import repeated, unlike
from mocks._speech import CREATED_S
from mocks.finetuning._jobs import Work, workshop_of
from mocks.finetuning._params import FineTuningParams, TrainingConfig

FOLDER = "comps/finetuning/src"
SOURCE = f"{FOLDER}/opea_finetuning_microservice.py, {FOLDER}/integrations/native.py"
FILES, JOBS, CHECKPOINTS = "/v1/files", "/v1/fine_tuning/jobs", "/v1/finetune/list_checkpoints"
RETRIEVE, CANCEL = f"{JOBS}/retrieve", f"{JOBS}/cancel"


class Uploading(BaseModel):
    """A file and what it is for; upstream keeps every file for fine-tuning."""

    purpose: str
    file: Upload


def upload(request: Uploading, world: World) -> FileObject:
    """The file as it is kept: under its name as an address would quote it."""
    name, workshop = quote(request.file.name, safe=""), workshop_of(world)
    workshop.files[name] = request.file.content
    return FileObject(
        id=workshop.fresh("file", world),
        bytes=len(request.file.content),
        created_at=CREATED_S,
        filename=name,
        purpose="fine-tune",
    )


def create(request: FineTuningParams, world: World) -> FineTuningJob:
    """A job that runs; on an empty file it will fail."""
    workshop = workshop_of(world)
    if request.training_file not in workshop.files:
        raise Refusal(404, f"Training file '{request.training_file}' not found!")
    name = workshop.fresh("ft-job", world)
    job = FineTuningJob.model_construct(
        **dict.fromkeys(FineTuningJob.model_fields)
        | {
            "id": name,
            "object": "fine_tuning.job",
            "created_at": CREATED_S,
            "hyperparameters": _trained(request.Training, request.hyperparameters),
            "model": request.model,
            "status": "running",
            "training_file": request.training_file,
            "seed": _seed(request.seed, name, world),
        }
    )
    is_empty = not workshop.files[request.training_file]
    saves = request.General.save_strategy != "no"
    workshop.jobs[name] = Work(job, "failed" if is_empty else "succeeded", saves)
    return job


def _trained(training: TrainingConfig, wanted: Hyperparameters | None) -> Hyperparameters:
    """What is trained by: the request's own values, where they are no `auto`."""
    told = wanted or Hyperparameters()
    return Hyperparameters(
        batch_size=training.batch_size if told.batch_size in (None, "auto") else told.batch_size,
        learning_rate_multiplier=(
            training.learning_rate if told.learning_rate_multiplier in (None, "auto") else told.learning_rate_multiplier
        ),
        n_epochs=training.epochs if told.n_epochs in (None, "auto") else told.n_epochs,
    )  # fmt: skip


def _seed(given: str | None, name: str, world: World) -> int:
    if given is None:
        return world.random("seed", name).randint(0, 1000)
    if not given.isascii() or not given.removeprefix("-").isdigit():
        raise Refusal(400, f"seed: is {given!r}, which is no whole number")
    return int(given)


def jobs(request: None, world: World) -> FineTuningJobList:
    """All jobs; each is a step further for being looked at."""
    return FineTuningJobList.model_construct(
        object="list", data=[work.look() for work in workshop_of(world).jobs.values()], has_more=False
    )


def retrieve(request: FineTuningJobIDRequest, world: World) -> FineTuningJob:
    """The job, a step further for being looked at."""
    return workshop_of(world).job(request.fine_tuning_job_id).look()


def cancel(request: FineTuningJobIDRequest, world: World) -> FineTuningJob:
    """The job, which is cancelled now; upstream cancels one that has ended too."""
    job = workshop_of(world).job(request.fine_tuning_job_id).job
    job.status = "cancelled"
    return job


def checkpoints(request: FineTuningJobIDRequest, world: World) -> list[FineTuningJobCheckpoint]:
    """What the job has saved by now; this is no look."""
    return workshop_of(world).job(request.fine_tuning_job_id).checkpoints()


def _name_quoted(request: Any, reply: Any) -> str | None:
    name = reply["filename"]
    return None if quote(name, safe="%") == name else f"filename: {name!r} is not quoted"


def _as_asked(request: Any, reply: Any) -> str | None:
    found = (unlike(reply[each], request[each], each) for each in ("model", "training_file"))
    return next(filter(None, found), None)


def _same_job(request: Any, reply: Any) -> str | None:
    return unlike(reply["id"], request["fine_tuning_job_id"], "id")


def _ids_differ(request: Any, reply: Any) -> str | None:
    return repeated([each["id"] for each in (reply["data"] if isinstance(reply, dict) else reply)])


def _of_job(request: Any, reply: Any) -> str | None:
    asked = request["fine_tuning_job_id"]
    others = {each["fine_tuning_job_id"] for each in reply} - {asked}
    return f"checkpoints of {sorted(others)} are among those of {asked!r}" if others else None


ALPACA = Upload("alpaca data.json", b'[{"instruction": "Greet.", "output": "Hello."}]', "application/json")
PURPOSE = {"purpose": "fine-tune"}
JOB = {"model": "meta-llama/Llama-2-7b-chat-hf", "training_file": "alpaca%20data.json"}
UNKNOWN = {"fine_tuning_job_id": "ft-job-unknown"}
MINE = {"fine_tuning_job_id": "$job"}
FILE = Before("file", f"POST {FILES}", Example("file", PURPOSE, files={"file": ALPACA}))
MADE = (FILE, Before("job", f"POST {JOBS}", Example("job", JOB)))
DIFFER = Law("ids-differ", "every one has an id of its own", _ids_differ)


def _endpoint(path: str, answer: Any, variant: Variant, **more: Any) -> Endpoint:
    return Endpoint(path, answer, (variant,), evidence="executed", source=SOURCE, **more)


def _on_job(path: str, answer: Any, variant: Variant, note: str) -> Endpoint:
    return _endpoint(path, answer, variant, notes=(note,))


def _by_id(name: str, reply: Any, laws: tuple[Law, ...], expected: object = None) -> Variant:
    """The contract of a route that is told a job's id."""
    examples = (
        Example(name, MINE, expected, after=MADE),
        Example("unknown", UNKNOWN, {"detail": "Fine-tuning job 'ft-job-unknown' not found!"}, status=404),
        Example("no-id", {}, status=422),
    )
    return Variant("job", FineTuningJobIDRequest, reply, examples, laws)


SAME_JOB = Law("same-job", "the job is the one that was asked for", _same_job)

UPLOADING = _endpoint(
    FILES,
    upload,
    Variant(
        "file",
        Uploading,
        FileObject,
        (
            Example("json", PURPOSE, {"purpose": "fine-tune", "filename": "alpaca%20data.json"}, files={"file": ALPACA}),
            Example("empty", PURPOSE, {"bytes": 0}, files={"file": Upload("empty.json", b"")}),
            Example("no-file", PURPOSE, status=422),
            Example("no-purpose", {}, files={"file": ALPACA}, status=422),
        ),
        (Law("name-quoted", "the name is quoted as in an address", _name_quoted),),
    ),
    body="form",
    notes=("purpose is passed over: every file is for fine-tuning", "a file of the same name takes the other's place"),
)  # fmt: skip
CREATING = _endpoint(
    JOBS,
    create,
    Variant(
        "job",
        FineTuningParams,
        FineTuningJob,
        (
            Example("default", JOB, {"status": "running", "hyperparameters": {"n_epochs": 1, "batch_size": 2}}, after=(FILE,)),
            Example("told", {**JOB, "seed": "7", "Training": {"epochs": 3}}, {"seed": 7, "hyperparameters": {"n_epochs": 3}}, after=(FILE,)),
            Example("hyperparameters", {**JOB, "hyperparameters": {"n_epochs": 2}}, {"hyperparameters": {"n_epochs": 2}}, after=(FILE,)),
            Example("no-such-file", {**JOB, "training_file": "x"}, {"detail": "Training file 'x' not found!"}, status=404),
            Example("no-model", {"training_file": "x"}, status=422),
            Example("bad-device", {**JOB, "Training": {"device": "tpu"}}, status=422),
        ),
        (Law("as-asked", "model and file are those that were asked for", _as_asked),),
    ),
    known=(
        Deviation("hyperparameters", "any hyperparameters are an internal error", lambda body: bool(body.get("hyperparameters")), 500),
        Deviation("bad-seed", "a seed that is no number is an internal error", lambda body: bool(body.get("seed")), 500, instead_of=400),
    ),
    notes=("upstream's job is run by Ray; a mock's advances with each look, and ends at the third",),
)  # fmt: skip
LISTING = _endpoint(
    JOBS,
    jobs,
    Variant("jobs", None, FineTuningJobList, (Example("jobs", reply={"object": "list", "has_more": False}), Example("of-two", after=(*MADE, *MADE))), (DIFFER,)),
    method="GET",
    body="none",
)  # fmt: skip
KEPT_UNTIL_CANCELLED = Lifecycle(
    "jobs",
    make=(f"POST {JOBS}", Example("made", {**JOB, "model": "$text"}, after=(FILE,))),
    read=(f"POST {RETRIEVE}", Example("read", {"fine_tuning_job_id": "$id"})),
    remove=(f"POST {CANCEL}", Example("cancelled", {"fine_tuning_job_id": "$id"})),
    pick="id",
    gone_says='"cancelled"',
    alone=True,
)

COMPS = (
    Comp(
        id="finetuning",
        title="opea_service@finetuning",
        port=8015,
        image="opea/finetuning:latest",
        lifecycles=(KEPT_UNTIL_CANCELLED,),
        statistics=False,
        endpoints=(
            UPLOADING,
            CREATING,
            LISTING,
            _on_job(RETRIEVE, retrieve, _by_id("one", FineTuningJob, (SAME_JOB,), JOB), "POST with a body; OpenAI has GET with the id in the path"),
            _on_job(CANCEL, cancel, _by_id("one", FineTuningJob, (SAME_JOB,), {"status": "cancelled"}), "a job that has ended is cancelled too"),
            _on_job(
                CHECKPOINTS,
                checkpoints,
                _by_id("none-yet", list[FineTuningJobCheckpoint], (DIFFER, Law("of-job", "checkpoints are of the job that was asked for", _of_job))),
                "under /v1/finetune, where all else is under /v1/fine_tuning",
            ),
        ),
    ),
)  # fmt: skip
