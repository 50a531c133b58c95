#!/bin/sh
# make hub-test: an environment of its own, a repository of its own with the branch `students`, then the class.
set -eu
cd "$(dirname "$0")/../.."
hub=_build/hub
python=${PYTHON:-python3}
class=${STUDENTS:-20}

[ -x $hub/venv/bin/python ] || "$python" -m venv $hub/venv
[ -e $hub/venv/.ready ] || {
  $hub/venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt \
    jupyterhub==6.1.1 nbgitpuller==1.3.0 jupyterlab jupyterlab-myst pandas altair scipy
  touch $hub/venv/.ready
}
[ -x $hub/node/node_modules/.bin/configurable-http-proxy ] ||
  npm install --silent --no-audit --no-fund --prefix $hub/node configurable-http-proxy@5.3.0

rm -rf $hub/students.git && git init --quiet --bare $hub/students.git
notebook=$(env PYTHONPATH=book .venv/bin/python -m tests.hub.branch $hub/students.git)
exec $hub/venv/bin/python tests/hub/run.py --students "$class" \
  --proxy "$PWD/$hub/node/node_modules/.bin/configurable-http-proxy" --folder "$PWD/$hub/run" \
  --repository "file://$PWD/$hub/students.git" --notebook "$notebook"
