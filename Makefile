# The two commands of the README: `make demo` and `make test`. Everything else is for those who change the project.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
SEEDS ?= ../shared/seeds
TRIALS ?= ../shared/trials

.PHONY: demo test setup lint types unit serve eval test-browser test-load test-llm test-kill test-fuzz test-shared fit lock clean

demo: setup
	$(BIN)/rag index
	$(BIN)/rag ask "Which trials exclude eGFR below 60?"

test: setup lint types unit

setup: $(BIN)/.ready

$(BIN)/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	touch $@

lint: setup
	$(BIN)/ruff check .

types: setup
	$(BIN)/mypy

unit: setup
	$(BIN)/python -m pytest -m "not slow and not browser"

serve: setup
	$(BIN)/rag serve

eval: setup
	$(BIN)/rag eval --against eval/baseline.json

# ── Long suites, each run before the work that it proves is called done ──────────────────────────────────────────────

test-browser: setup
	$(BIN)/python -m pytest -m browser

test-load: setup
	$(BIN)/python -m pytest -m slow -k load

test-llm: setup
	$(BIN)/python -m pytest -m slow -k llm

test-kill: setup
	$(BIN)/python -m pytest -m slow -k kill

test-fuzz: setup
	$(BIN)/python -m pytest -m slow -k fuzz

test-shared: setup
	$(BIN)/python -m pytest -m "slow and shared"

# ── The weights of the prose answers, fitted anew on all development questions (an hour and a half) ─────────────────────────

FIT := build/fit
ELSEWHERE := $(foreach set,a b c d e f,--set $(FIT)/$(set).index eval/gold/elsewhere/$(set).jsonl)
FITTED := --set $(FIT)/corpus.index $(sort $(wildcard eval/gold/dev*.jsonl)) eval/gold/elsewhere/rephrased.jsonl $(ELSEWHERE)
WEIGHED := --set $(FIT)/corpus.index $(sort $(wildcard eval/gold/dev*.jsonl)) $(ELSEWHERE) \
	$(foreach set,g j k l n,--set $(FIT)/$(set).index eval/gold/elsewhere/$(set).jsonl)

fit: setup
	$(BIN)/python scripts/gold_elsewhere.py $(TRIALS) $(FIT)
	$(BIN)/rag index corpus --index $(FIT)/corpus.index --no-vectors
	for set in a b c d e f g j k l n u; do $(BIN)/rag index $(FIT)/$$set --index $(FIT)/$$set.index --no-vectors || exit 1; done
	$(BIN)/rag index $(foreach set,i m q s t,$(FIT)/$(set)) --index $(FIT)/asked.index --no-vectors
	$(BIN)/python scripts/fit_choosing.py $(FITTED) --write
	$(BIN)/python -m scripts.fit_adapter --set $(FIT)/asked.index $(foreach set,i m q s t,eval/gold/elsewhere/$(set).jsonl) --on --write
	$(BIN)/python -m scripts.fit_adapter --set $(FIT)/u.index eval/gold/elsewhere/u.jsonl --line
	$(BIN)/python -m scripts.fit_weighing $(WEIGHED) --write
	$(BIN)/python -m scripts.fit_settling $(WEIGHED) --write draft
	$(BIN)/python -m scripts.fit_settling $(WEIGHED) --write sentence

lock: setup
	$(BIN)/python -m pip freeze --exclude-editable --exclude pip --exclude setuptools --exclude wheel > requirements.lock

clean:
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
