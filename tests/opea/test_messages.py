"""A chat as one prompt: items 49 to 56 of what upstream's own tests assert."""

import base64
import http.server
import threading

import httpx
import pytest
import respx

from harness.opea.messages import handle_message, sanitize_env

PNG = b"\x89PNG\r\n\x1a\n..."
TEXT = {"type": "text", "text": "what is this?"}


def user(*parts):
    return [{"role": "user", "content": list(parts)}]


def image(url):
    return {"type": "image_url", "image_url": {"url": url}}


def test_a_text_passes():
    """A plain string is the prompt."""
    assert handle_message("hello") == "hello"


def test_what_a_user_says_bears_their_role():
    """Each message is a line that begins with who said it."""
    assert handle_message([{"role": "user", "content": "hello"}]) == "user: hello\n"


def test_the_system_comes_first():
    """The system's words stand before all others, wherever they were."""
    messages = [{"role": "user", "content": "hello"}, {"role": "system", "content": "be brief"}]

    assert handle_message(messages) == "be brief\nuser: hello\n"


def test_pictures_are_given_beside_the_prompt():
    """A message with a picture gives two things."""
    assert handle_message(user(TEXT, image("aGVsbG8="))) == ("user: what is this?\n", ["aGVsbG8="])


def test_a_picture_without_words_is_still_said_by_somebody():
    """A message without text is the role alone."""
    assert handle_message(user({"type": "text", "text": ""}, image("aGVsbG8="))) == ("user:", ["aGVsbG8="])


def test_a_picture_in_a_file_is_read(tmp_path):
    """A path is replaced by what the file holds."""
    path = tmp_path / "tram.png"
    path.write_bytes(PNG)

    _, pictures = handle_message(user(TEXT, image(str(path))))

    assert pictures == [base64.b64encode(PNG).decode()]


def test_a_file_that_is_no_picture_is_not_read_out(tmp_path):
    """Whoever may send messages may not have every file of the machine."""
    path = tmp_path / "passwd"
    path.write_text("root:x:0:0")

    with pytest.raises(ValueError, match=r"^messages: what .*passwd holds is no picture; it is PNG, JPEG"):
        handle_message(user(TEXT, image(str(path))))


@pytest.mark.parametrize("count", [3, 300, 30_000])
def test_base64_passes_whatever_its_length(count):
    """Also where it is too long for the name of a file."""
    encoded = base64.b64encode(bytes(count)).decode()

    assert handle_message(user(TEXT, image(encoded))) == ("user: what is this?\n", [encoded])


def test_a_picture_on_the_web_is_fetched():
    """An address is replaced by what stands there."""

    class Web(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(PNG)

        def log_message(self, *_args):
            """Say nothing."""

    with http.server.HTTPServer(("127.0.0.1", 0), Web) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        _, pictures = handle_message(user(TEXT, image(f"http://127.0.0.1:{server.server_port}/tram.png")))

    assert pictures == [base64.b64encode(PNG).decode()]


def test_a_picture_that_moved_is_fetched_from_where_it_is():
    """Also to another host, and to one that is only had over TLS."""
    with respx.mock:
        there = {"Location": "https://pictures.example/tram.png"}
        respx.get("http://example.com/tram.png").respond(302, headers=there)
        respx.get("https://pictures.example/tram.png").respond(content=PNG)
        _, pictures = handle_message(user(TEXT, image("http://example.com/tram.png")))

    assert pictures == [base64.b64encode(PNG).decode()]


@pytest.mark.parametrize(
    ("reply", "error", "words"),
    [
        (httpx.Response(404, content=PNG), httpx.HTTPStatusError, "404 Not Found"),
        (
            httpx.Response(200, html="<p>tram</p>"),
            ValueError,
            "what https://example.com/tram.png holds is no picture",
        ),
        (httpx.ReadTimeout("too long"), httpx.ReadTimeout, "too long"),
    ],
    ids=["error", "page", "silence"],
)
def test_what_the_web_has_no_picture_of_is_an_error(reply, error, words):
    """An error's page, even with a picture on it, is no picture of what was asked about."""
    with respx.mock:
        respx.get("https://example.com/tram.png").mock(
            **({"side_effect": reply} if isinstance(reply, Exception) else {"return_value": reply})
        )
        with pytest.raises(error, match=words):
            handle_message(user(TEXT, image("https://example.com/tram.png")))


def test_what_the_assistant_said_is_kept():
    """A turn of the assistant's is a line too; one without words is the role alone."""
    messages = [{"role": "assistant", "content": "hello"}, {"role": "assistant", "content": None}]

    assert handle_message(messages) == "assistant: hello\nassistant:"


def test_a_strange_role_is_refused():
    """A role that is none is a ValueError that names it."""
    with pytest.raises(
        ValueError, match=r"^messages: the role 'tram' is none; roles are system, user, assistant$"
    ):
        handle_message([{"role": "tram", "content": "hello"}])


@pytest.mark.parametrize(
    ("value", "clean"), [('"x"', "x"), ("'x'", "x"), ("x", "x"), ('"x', '"x'), ('"', '"'), (None, None)]
)
def test_quotes_around_a_setting_are_taken_off(value, clean):
    """Only a pair of them, and only around the whole."""
    assert sanitize_env(value) == clean
