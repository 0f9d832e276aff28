#!/bin/sh
# Serves the mock of $OPEA_MOCK_COMP on its OPEA port (or $OPEA_MOCK_PORT); every variable of the container is a setting of the comp.
#
# Arguments are those that a compose file has for the real server, and mean nothing to a mock.
set -eu

comp=${OPEA_MOCK_COMP:?'serve.sh: OPEA_MOCK_COMP is not set; it names the comp, such as embeddings'}
if [ -n "${OPEA_MOCK_PORT:-}" ]; then
    set -- "$comp" --host "${OPEA_MOCK_HOST:-0.0.0.0}" --port "$OPEA_MOCK_PORT"
else
    set -- "$comp" --host "${OPEA_MOCK_HOST:-0.0.0.0}" --opea-ports
fi

# Names alone: a value may hold newlines.
for name in $(awk 'BEGIN { for (name in ENVIRON) if (name ~ /^[A-Za-z_][A-Za-z0-9_]*$/) print name }'); do
    eval "value=\${$name-}"
    set -- "$@" --set "$name=$value"
done

exec opea-harness mock "$@"
