"""What is known of the machine."""

import subprocess

from harness.machine import command_line, git_commit, this_machine


def test_this_machine_has_cores_and_a_python():
    """The facts are those of where the test runs."""
    machine = this_machine()

    assert machine.cores >= 1
    assert machine.memory_gib > 0
    assert machine.python.startswith("3.")


def test_a_folder_outside_git_has_no_commit(tmp_path):
    """The run's name says nogit then."""
    assert git_commit(tmp_path) == ""


def test_a_changed_work_tree_is_said_to_be_dirty(tmp_path):
    """A run of uncommitted code cannot be repeated from its commit."""

    def git(*argv):
        author = ("-c", "user.name=t", "-c", "user.email=t@localhost")
        subprocess.run(["git", *author, *argv], cwd=tmp_path, check=True, capture_output=True, timeout=20)

    git("init")
    (tmp_path / "file").write_text("1")
    git("add", ".")
    git("commit", "-m", "one")
    clean = git_commit(tmp_path)
    (tmp_path / "file").write_text("2")

    assert len(clean) == 10
    assert git_commit(tmp_path) == f"{clean}-dirty"


def test_the_command_is_repeated_with_its_arguments_quoted():
    """The program's name, not the path of this machine."""
    assert (
        command_line(["/somewhere/opea-harness", "ask", "rag", "Why so?"]) == "opea-harness ask rag 'Why so?'"
    )


def test_the_command_is_told_without_secrets():
    """A database's password stands in no report."""
    words = ["opea-harness", "run", "rag", "--node", "retriever=postgresql://u:hidden@db.test/v"]

    assert command_line(words).endswith("retriever=postgresql://u:[redacted]@db.test/v")
