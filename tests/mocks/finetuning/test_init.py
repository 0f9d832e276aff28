"""The fine-tuning mock keeps files, and runs jobs on them that end without anybody waiting."""

import asyncio

import pytest

from harness.comp import Upload
from mocks.finetuning import ALPACA, CANCEL, CHECKPOINTS, COMPS, FILES, JOB, JOBS, PURPOSE, RETRIEVE
from mocks.finetuning._jobs import LOOKS
from tests.mocks.contract import ask, ask_form, broken, client, examples

(COMP,) = COMPS


def session(work):
    """The result of `work(client)` on a mock that is served for it, with the file in it."""

    async def served():
        async with client(COMP) as asking:
            await upload(asking, ALPACA)
            return await work(asking)

    return asyncio.run(served())


async def upload(asking, file):
    return await asking.post(FILES, data=PURPOSE, files={"file": (file.name, file.content)})


async def job(asking, **more):
    return (await asking.post(JOBS, json={**JOB, **more})).json()


@pytest.mark.parametrize(("comp", "endpoint", "variant", "example"), examples(COMP))
def test_every_example_is_answered_as_promised(comp, endpoint, variant, example):
    """Status, shape and all laws hold for the contract's own examples."""

    assert broken(comp, endpoint, variant, example) == []


def test_a_job_runs_until_it_was_looked_at_often_enough():
    """Then it has succeeded, stays so, and its model is saved."""

    async def life(asking):
        name = {"fine_tuning_job_id": (await job(asking))["id"]}
        seen = [(await asking.post(RETRIEVE, json=name)).json()["status"] for _ in range(LOOKS + 1)]
        return seen, (await asking.post(CHECKPOINTS, json=name)).json(), name["fine_tuning_job_id"]

    seen, saved, name = session(life)

    assert seen == ["running"] * (LOOKS - 1) + ["succeeded"] * 2
    assert [(each["fine_tuned_model_checkpoint"], each["step_number"]) for each in saved] == [
        (f"output/{name}", None)
    ]


def test_listing_jobs_is_a_look_at_each():
    """In the order that they were made."""

    async def life(asking):
        made = [(await job(asking))["id"] for _ in range(2)]
        listed = [(await asking.get(JOBS)).json()["data"] for _ in range(LOOKS)]
        return made, listed

    made, listed = session(life)

    assert [each["id"] for each in listed[0]] == made
    assert [each["status"] for each in listed[-1]] == ["succeeded"] * 2


def test_a_job_on_an_empty_file_fails():
    """And saves no model."""

    async def life(asking):
        await upload(asking, Upload("empty.json", b""))
        name = {"fine_tuning_job_id": (await job(asking, training_file="empty.json"))["id"]}
        seen = [(await asking.post(RETRIEVE, json=name)).json()["status"] for _ in range(LOOKS)]
        return seen[-1], (await asking.post(CHECKPOINTS, json=name)).json()

    assert session(life) == ("failed", [])


def test_a_cancelled_job_stays_cancelled():
    """However often it is looked at."""

    async def life(asking):
        name = {"fine_tuning_job_id": (await job(asking))["id"]}
        await asking.post(CANCEL, json=name)
        return [(await asking.post(RETRIEVE, json=name)).json()["status"] for _ in range(LOOKS)]

    assert session(life) == ["cancelled"] * LOOKS


def test_hyperparameters_that_are_auto_are_those_of_the_training():
    """Others go before them; upstream fails over any."""

    async def life(asking):
        mine = {"n_epochs": "auto", "batch_size": 8, "learning_rate_multiplier": 0.1}
        return await job(asking, hyperparameters=mine, Training={"epochs": 5, "batch_size": 4})

    assert session(life)["hyperparameters"] == {
        "batch_size": 8,
        "learning_rate_multiplier": 0.1,
        "n_epochs": 5,
    }
    body = {**JOB, "hyperparameters": {"n_epochs": 1}}
    assert ask(COMP, "POST", JOBS, body, like_upstream=True).status_code == 500


def test_a_seed_is_a_number_in_a_text_and_drawn_where_there_is_none():
    """The same one for the same world."""

    async def life(asking):
        return [await asking.post(JOBS, json={**JOB, **seed}) for seed in ({"seed": "-7"}, {}, {"seed": "x"})]

    given, drawn, bad = session(life)

    assert (given.json()["seed"], drawn.json()["seed"]) == (-7, session(life)[1].json()["seed"])
    assert (bad.status_code, bad.json()) == (400, {"detail": "seed: is 'x', which is no whole number"})


def test_a_form_without_its_file_or_purpose_is_refused():
    """The refusal names the field of the body."""
    reply = ask_form(COMP, FILES, {})

    assert reply.status_code == 422
    assert [each["loc"] for each in reply.json()["detail"]] == [["body", "purpose"], ["body", "file"]]


def test_each_law_has_been_seen_to_fail():
    """A name unquoted, another model, another job, an id twice, another's checkpoint."""
    laws = {law.id: law for endpoint in COMP.endpoints for law in endpoint.variants[0].laws}
    asked = {"fine_tuning_job_id": "a"}

    assert laws["name-quoted"].broken({}, {"filename": "a b"}) == "filename: 'a b' is not quoted"
    assert laws["as-asked"].broken(JOB, {**JOB, "model": "m"}) == (
        "model: is 'm', asked was 'meta-llama/Llama-2-7b-chat-hf'"
    )
    assert laws["same-job"].broken(asked, {"id": "b"}) == "id: is 'b', asked was 'a'"
    assert (
        laws["ids-differ"].broken({}, {"data": [{"id": "a"}] * 2}) == "ids ['a', 'a'] are not all different"
    )
    assert laws["of-job"].broken(asked, [{"fine_tuning_job_id": "b"}]) == (
        "checkpoints of ['b'] are among those of 'a'"
    )
