# The jobs of the house. Each makes its own virtual environment when there is none or it is out of date.
#
#   make demo    the whole story on a local SMTP catcher, under a minute
#   make test    the test suite, about four minutes on two cores
#   make soak    the long tests: kills, fuzzing, load; at most 25 minutes
#   make check   format, lint, types, layers, generated files
#   make generate write schemas and command reference anew
#   make bench   measure beside Terraform (and octoDNS), print ratios
#   make clean   remove what the jobs have made

PYTHON ?= python3
WORKERS ?= $(shell nproc 2>/dev/null || echo 2)
VENV := .venv
RUN := $(VENV)/bin/python
SOURCES := declarative_mail tests benchmarks examples

export PIP_DISABLE_PIP_VERSION_CHECK := 1

# An environment that was made in another folder, or whose interpreter is gone, does not work: it is made again.
ifneq ($(shell cat $(VENV)/.made-in 2>/dev/null && $(RUN) -c '' 2>/dev/null && echo works),$(CURDIR) works)
.PHONY: $(VENV)/.made-in
endif

.PHONY: demo test soak check generate bench clean
.DELETE_ON_ERROR:

demo: $(VENV)/.demo
	@$(RUN) examples/quickstart/demo.py

test: $(VENV)/.dev
	@$(RUN) -m pytest -n $(WORKERS) --dist loadgroup

soak: $(VENV)/.dev
	@$(RUN) -m pytest -n $(WORKERS) --dist loadgroup -m soak

check: $(VENV)/.dev
	@$(RUN) -m ruff format --check $(SOURCES)
	@$(RUN) -m ruff check $(SOURCES)
	@$(RUN) -m mypy $(SOURCES)
	@$(VENV)/bin/lint-imports
	@$(RUN) -m tests.support.generated --check

generate: $(VENV)/.dev
	@$(RUN) -m tests.support.generated

bench: $(VENV)/.dev
	@$(RUN) -m benchmarks

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build dist *.egg-info
	find declarative_mail tests benchmarks examples -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/.made-in:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "needs Python 3.11 or newer as $(PYTHON): apt-get install python3" \
	         "(or name another one: make PYTHON=python3.12)" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || { \
	    echo "needs Python's venv module: apt-get install python3-venv" >&2; exit 1; }
	@echo "making $(VENV)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@echo '$(CURDIR)' > $@

# The demo needs the tool and an SMTP server; everything else also the linters and test libraries.
$(VENV)/.demo: pyproject.toml $(VENV)/.made-in
	@echo "installing declarative-mail into $(VENV)"
	@$(RUN) -m pip install -qq --editable '.[demo]'
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.made-in
	@echo "installing declarative-mail and its development tools into $(VENV)"
	@$(RUN) -m pip install -qq --editable '.[dev]'
	@touch $@ $(VENV)/.demo
