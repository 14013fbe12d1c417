# `make` lists the commands. GNU make 3.81 or newer.
#
# The first command sets up .venv (needs the network, a few minutes); after that
# nothing is downloaded until pyproject.toml or uv.lock changes.
#     make test ARGS="-k swap"      ARGS is passed to the program
#     make lab PYTHON=python3.12    the Python for a new .venv

.DEFAULT_GOAL := help
ARGS =
PY := .venv/bin/python
READY := .venv/.ready

# The conda environment of environment.yml already has everything.
ifeq ($(CONDA_DEFAULT_ENV),two-decoders)
PY := python
READY :=
endif

# Other Pythons' settings must not leak into .venv; containers often stop Python from caching compiled
# files, and then every import of TensorFlow takes twenty seconds.
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV PYTHONDONTWRITEBYTECODE
# TensorFlow and MediaPipe print nothing; they raise errors as exceptions (see swaplib/__init__.py).
export TF_CPP_MIN_LOG_LEVEL := 3
export GLOG_minloglevel := 3

# Two processes, one notebook or test file at a time each: a training keeps a core and a half busy.
BOTH := -n 2 --dist loadfile --no-loadscope-reorder

.PHONY: help lab test quick swap lessons bench figures pictures site page format lint data weights test-environments address release setup clean distclean

help:
	@echo "make COMMAND, where COMMAND is one of"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1	\2/p' "$(strip $(MAKEFILE_LIST))" | expand -t 20

lab: $(READY)  ## open the course in JupyterLab
	$(PY) -m jupyterlab $(LAB_OPTIONS) $(ARGS)

test: $(READY)  ## run all tests
	$(PY) -m pytest $(BOTH) $(ARGS)

# Each of the two processes has a core of its own.
quick: export TF_NUM_INTRAOP_THREADS := 1
quick: export OMP_NUM_THREADS := 1
quick: $(READY)  ## run the tests of the library, without the slow ones and the lessons
	$(PY) -m pytest tests -m "not slow" $(BOTH) $(ARGS)

swap: $(READY)  ## run the whole job: train, swap the movie, score; results in build/swap
	$(PY) -m swaplib --out build/swap $(ARGS)

lessons: $(READY)  ## build the notebooks from lessons/src (runs them)
	$(PY) lessons/build.py $(ARGS)

bench: $(READY)  ## measure the README's figures; writes benchmarks/bench.json
	$(PY) benchmarks/run.py $(ARGS)

figures: $(READY)  ## update the measured figures in README.md and docs/results.md
	$(PY) benchmarks/results.py $(ARGS)

pictures: $(READY)  ## redraw README's pictures: docs/swap.jpg and docs/moving.webp
	$(PY) benchmarks/pictures.py
	$(PY) benchmarks/moving.py $(ARGS)

site: $(READY)  ## build the site into build/site: the lessons, the docs and the library reference
	$(PY) docs/site/draw.py $(ARGS)

page: $(READY)  ## write the course as one page for any browser: build/page/index.html
	$(PY) -m swaplib page --out build/page $(ARGS)

format: $(READY)  ## format the code and apply automatic fixes
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix . $(ARGS)

lint: $(READY)  ## check code style, formatting and types
	$(PY) -m ruff check . $(ARGS)
	$(PY) -m ruff format --check .
	$(PY) -m mypy

data: $(READY)  ## rerender the people, the movies and a shoe (many hours)
	PYTHON="$(PYTHON)" sh data_scripts/setup_renderer.sh
	.venv-render/bin/python data_scripts/render.py --processes 2 --threads 1 $(ARGS)
	.venv-render/bin/python data_scripts/shoe.py
	$(PY) data_scripts/pack.py

weights: $(READY)  ## retrain the shipped weights
	$(PY) data_scripts/train_weights.py $(ARGS)

test-environments: $(READY)  ## run the tests and three lessons with the oldest, Colab's and the newest packages
	for name in lowest colab newest; do $(PY) tests/environments/run.py $$name $(ARGS) || failed=1; done; \
	    [ -z "$$failed" ]

address: $(READY)  ## change the repository's address in all files: ADDRESS=https://github.com/OWNER/NAME
	$(PY) .ci/release.py address "$(ADDRESS)"

release: $(READY)  ## set the version in all files, commit and tag it: VERSION=0.3.0
	$(PY) .ci/release.py release "$(VERSION)"

setup: $(READY)  ## set up only

clean:  ## remove generated files
	rm -rf build lessons/build .pytest_cache .ruff_cache .mypy_cache

distclean: clean  ## also remove the environments
	rm -rf .venv .venv-render .uv

LAB_SETTINGS := .venv/share/jupyter/lab/settings

# The landmark model is the only file that no package provides. JupyterLab is told not to ask
# for permission to fetch news.
.venv/.ready: pyproject.toml uv.lock
	@PYTHON="$(PYTHON)" sh ./setup.sh lab test
	@mkdir -p $(LAB_SETTINGS)
	@echo '{"@jupyterlab/apputils-extension:notification":' \
	    '{"fetchNews": "false", "checkForUpdates": false}}' > $(LAB_SETTINGS)/overrides.json
	@$(PY) -m swaplib.face.landmarks
	@touch $@

# Jupyter refuses to run as root without a flag; in a container it must listen on all interfaces for a
# published port to reach it (the token in the address still protects it); without a
# display it must not start a browser in the terminal.
LAB_OPTIONS = --LabApp.default_url=/lab$(if $(wildcard lessons),/tree/lessons) \
	$(shell [ "`id -u`" != 0 ] || echo --allow-root) \
	$(shell [ ! -e /.dockerenv ] && [ ! -e /run/.containerenv ] || echo --ip=0.0.0.0) \
	$(shell [ "`uname`" != Linux ] || [ -n "$$DISPLAY$$WAYLAND_DISPLAY$$BROWSER" ] || echo --no-browser)
