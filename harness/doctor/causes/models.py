"""What keeps a program from its model."""

from harness.doctor.causes.cause import cause

_REPO = r"(?:https?://huggingface\.co/(?:api/models/)?)(?P<model>[\w.\-]+/[\w.\-]+)"

CAUSES = (
    cause(
        "model-download-refused",
        r"Cannot access gated repo for url " + _REPO,
        r"Access to model (?P<model>\S+) is restricted",
        r"40[13] (?:Client Error|Forbidden|Unauthorized).*" + _REPO,
        r"status client error \(40[13] \w+\) for url \(" + _REPO,
        says="Hugging Face refuses the download of {model}",
        fix="Accept the model's terms on its page, and give the service a token that may read it (HF_TOKEN, "
        "HUGGINGFACEHUB_API_TOKEN)",
    ),
    cause(
        "model-download-refused",
        r"GatedRepoError",
        r"Invalid (?:user token|credentials in Authorization header)",
        r"Invalid username or password",
        r"Token is required",
        r"(?:huggingface|HF|hf)\S* .*401 (?:Client Error|Unauthorized)",
        says="Hugging Face refuses the download of the model",
        fix="Accept the model's terms on its page, and give the service a valid token (HF_TOKEN, HUGGINGFACEHUB_API_TOKEN)",
        weight=1,
    ),
    cause(
        "model-unknown",
        r"404 (?:Client Error|Not Found).*" + _REPO,
        r"(?P<model>[\w.\-]+/[\w.\-]+) is not a local folder and is not a valid model identifier",
        r"Repository Not Found for url: " + _REPO,
        says="there is no model {model} on Hugging Face that this token may see",
        fix="Correct the model's name; a private one needs a token (HF_TOKEN)",
    ),
    cause(
        "model-unreachable",
        r"couldn't connect to '?https://huggingface\.co",
        r"(?:We couldn't connect|Max retries exceeded|error sending request|Failed to resolve).*huggingface\.co",
        r"LocalEntryNotFoundError",
        r"cannot find the requested files in the (?:local|disk) cache",
        r"outgoing traffic has been disabled",
        says="huggingface.co cannot be reached, and the model is not in the cache",
        fix="Give the container the proxy (http_proxy, https_proxy, no_proxy), or mount a folder with the model",
    ),
    cause(
        "model-not-pulled",
        r"model ['\"]?(?P<model>[\w.:/\-]+)['\"]? not found, try pulling it first",
        r"model ['\"](?P<model>[\w.:/\-]+)['\"] not found",
        says="Ollama has no model {model}",
        fix="Run `docker exec CONTAINER ollama pull {model}`",
    ),
    cause(
        "model-download-failed",
        r"\bDownloadError\b",
        r"Could not download model artifacts",
        r"Download encountered an error",
        says="the model could not be downloaded",
        fix="See the lines before it in the log; most often it is the token, the proxy or the disk",
        weight=0,
    ),
    cause(
        "out-of-memory",
        r"model requires more system memory \((?P<need>[^)]+)\) than is available",
        says="the model needs more memory ({need}) than there is",
        fix="Take a smaller model, or give the container more memory",
    ),
)
