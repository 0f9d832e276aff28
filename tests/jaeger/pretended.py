"""A `go` that builds in no time: a shell script that stands in for Go, and does what the test says."""

VERSION = "go version go1.26.8 linux/amd64"
SAYS = '#!/bin/sh\\necho \'{\\"gitVersion\\":\\"v1.76.0\\"}\'\\n'


def pretend(folder, monkeypatch, *, version=VERSION, build=f'printf "{SAYS}" > "$out"; chmod +x "$out"'):
    """Put it onto the PATH, before everything else; its module cache is in the folder."""
    (folder / "jaeger-module").mkdir(parents=True)
    (folder / "jaeger-module" / "go.sum").write_text("dependency v1 h1:x=\n")
    (folder / "bin").mkdir()
    go = folder / "bin" / "go"
    go.write_text(f"""#!/bin/sh
echo "$@" >> {folder}/asked
case "$1$3" in
  version) echo '{version}'; exit 0 ;;
  -Clist) echo {folder}/jaeger-module; exit 0 ;;
  -Cmod) exit 0 ;;
esac
while [ "$1" != -o ]; do shift; done
out=$2
echo compiled/package
{build}
""")
    go.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder / 'bin'}:/usr/bin:/bin")
    return folder / "asked"
