# The two commands: `make run` starts the app, `make test` checks everything.
# Both set up what they need on a machine with Python 3.11 or newer, make and apt.

PYTHON ?= python3
PORT ?= 8501
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
# Flower lives apart: it is pinned to libraries that the desk must not be held to.
DISTRIBUTED := .venv-distributed
DISTRIBUTED_SET := compliance/federated/flower/templates/requirements.txt
APT := DEBIAN_FRONTEND=noninteractive apt-get
# Bytecode is kept whatever the shell says: each start would compile a thousand files anew, and the
# tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

# `bench-discovery`, `bench-federated`, `bench-measures`, `bench-release` and `bench-text` install their
# peers into benchmarks/.peers at the first run;
# `bench-release` and `bench-mnist` take minutes.
BENCHES := bench-anonymise bench-audit bench-baskets bench-bigdata bench-crowd bench-dataset bench-demo bench-discovery bench-erasing bench-faults bench-federated bench-felt bench-fuzz bench-images bench-letters bench-lineage bench-load bench-local bench-measures bench-mnist bench-preview bench-release bench-repaint bench-report bench-rules bench-tasks bench-text bench-tracing bench-trail bench-treatments bench-watch

.PHONY: run test lint lock messages distributed docs pictures clean bench train-discovery train-text $(BENCHES)

run: $(VENV)/.core
	$(BIN)/python -m streamlit run pages/parts/server.py --server.port $(PORT)

# What is missing is set up first, two things at once, as pip unpacks on one core.
# Each file stays with one worker, so that what its tests share is made once. In their own order the
# slow ones, which drive a browser, come early and no worker waits for them at the end. One thread
# each, or the workers would wait for each other. The second pass repeats those that have a
# workspace, with its records in PostgreSQL.
test: export OPENBLAS_NUM_THREADS := 1
test:
	@$(MAKE) --no-print-directory --jobs=2 $(VENV)/.dev distributed programs
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --records postgresql

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

# Holes in our own code, and known ones in what it stands on; 3 means: could not be checked.
.PHONY: audit-code sbom
audit-code: $(VENV)/.dev
	$(BIN)/bandit -q -c pyproject.toml -r compliance pages app.py
	$(BIN)/python benchmarks/dependencies.py

# What the desk is made of, as CycloneDX.
sbom: $(VENV)/.dev
	@mkdir -p build
	$(BIN)/cyclonedx-py requirements requirements.txt --pyproject pyproject.toml --mc-type application \
	  --of JSON --sv 1.6 --output-reproducible -o build/sbom.json

# The Dockerfile's steps, taken without Docker: as root, on Linux, in a layer that is thrown away.
.PHONY: rehearse-image
rehearse-image: $(VENV)/.core
	$(BIN)/python benchmarks/image.py

# Gather the words of all rooms anew, and compile their translations.
messages: $(VENV)/.dev
	$(BIN)/python -m compliance.i18n

# Resolve the pinned sets anew from pyproject.toml.
lock: $(VENV)/.dev
	$(BIN)/uv pip compile --universal --quiet --python-version 3.11 --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile --universal --quiet --python-version 3.11 --no-header --extra dev --extra bigdata --extra formats --extra images --extra pkcs11 --extra postgresql --extra synthetic pyproject.toml -o requirements-dev.txt

	cp requirements.txt $(DISTRIBUTED_SET)  # so that what both need has one version where it can
	grep -oE '"(cryptography|flwr|msgspec|numpy|opendp|pandas|pyarrow|pyyaml)==[^"]+' pyproject.toml | tr -d '"' \
	  | $(BIN)/uv pip compile --universal --quiet --python-version 3.11 --no-header --no-annotate - -o $(DISTRIBUTED_SET)

# What federated runs across processes and machines need beside the desk.
distributed: $(DISTRIBUTED)/.done

# The models that discovery ships, trained anew from what the scripts draw; minutes each.
# `train-text` fetches word vectors with npm (Node.js) at the first run.
train-discovery train-text: $(VENV)/.dev
	$(BIN)/python benchmarks/$(@:train-%=%)_training.py

# The documentation as a site, in build/site; it needs no server. The theme's notice is in decision 62.
docs: export NO_MKDOCS_2_WARNING := 1
docs: $(VENV)/.dev
	$(BIN)/python -m mkdocs build --strict
	@echo "Open build/site/index.html"

# The pictures of README and tutorial, taken from the running app.
pictures: $(VENV)/.dev chromium
	$(BIN)/python docs/pictures.py

clean:
	rm -rf $(VENV) $(DISTRIBUTED) .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

bench: $(BENCHES)

# Named one by one: make looks for no pattern where a target is phony.
$(BENCHES): bench-%: $(VENV)/.dev
	$(BIN)/python benchmarks/$*.py

bench-felt bench-repaint: chromium

# One thread, so that CPU seconds tell of the work and not of threads that wait for it.
bench-anonymise bench-crowd bench-federated bench-local bench-measures bench-mnist: export OPENBLAS_NUM_THREADS := 1

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Privacy Desk needs Python 3.11 or newer; say which with: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) 2>/dev/null \
	  || { echo "Python's venv module is missing; installing it with apt ..."; \
	       $(APT) update -qq && $(APT) install -y -qq python3-venv >/dev/null && $(PYTHON) -m venv --clear $(VENV); }

$(VENV)/.core: requirements.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@$(BIN)/python -m compileall -q app.py compliance pages
	@touch $@

# Without bytecode for all of it, of which the tests need a part and Python keeps what they load.
$(VENV)/.dev: requirements-dev.txt $(VENV)/.core
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile -r requirements-dev.txt
	@touch $@

$(DISTRIBUTED)/.done: $(DISTRIBUTED_SET) | $(BIN)/python
	@$(BIN)/python -m venv --clear $(DISTRIBUTED)
	$(DISTRIBUTED)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile -r $(DISTRIBUTED_SET)
	@touch $@

# The system's own programs, one after the other: only one apt at a time may install.
.PHONY: programs
programs:
	@for one in chromium postgresql java softhsm; do $(MAKE) --no-print-directory $$one || exit; done

# The browser tests drive the system's own Chromium.
.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	  || { command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq chromium >/dev/null; } \
	  || { echo "The browser tests need Chromium; install it and run make test again."; exit 1; }

# The tests start a PostgreSQL of their own from the system's package.
.PHONY: postgresql
postgresql:
	@ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq postgresql >/dev/null; } \
	  || { echo "The tests need PostgreSQL; install it and run make test again."; exit 1; }

# Spark, which the tests run on this machine alone, is a Java program.
.PHONY: java
java:
	@java -version >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq default-jre-headless >/dev/null; } \
	  || { echo "The tests need Java 17 or newer; install it and run make test again."; exit 1; }

# A token in software, for the tests that sign with one.
.PHONY: softhsm
softhsm:
	@ls /usr/lib/softhsm/libsofthsm2.so >/dev/null 2>&1 \
	  || { command -v apt-get >/dev/null && $(APT) update -qq && $(APT) install -y -qq softhsm2 >/dev/null; } \
	  || { echo "The tests need SoftHSM (softhsm2); install it and run make test again."; exit 1; }
