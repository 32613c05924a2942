# Six words a newcomer needs. Everything happens in .venv and .komek.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
TOOLS  := $(VENV)/.tools
LOOK   := $(VENV)/.look
PBX    := $(VENV)/.pbx
CITY   ?= cities/astana
FAULTS ?= 50
SEED   ?= 1

.PHONY: help setup demo run pbx test check facts bench chaos cluster screens clean

help:           ## what there is
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup: $(READY) $(LOOK) ## the virtual environment with what Komek needs to run

demo: $(READY) $(LOOK)  ## a living city in one command
	$(BIN)/komek demo --city $(CITY)

run: $(READY) $(LOOK)   ## start the installation as it is, without the simulation
	$(BIN)/komek up

pbx: $(READY)   ## an Asterisk in a folder, with sentences to say: `make demo` has a telephone then (Debian)
	$(BIN)/python -m komek.adapters.asterisk

test: $(TOOLS) $(LOOK) $(PBX) ## all tests, against a real PostgreSQL that they start themselves
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(TOOLS) ## contracts, types, lint, migrations
	$(BIN)/ruff check src tests benchmarks chaos cluster frontend screens
	$(BIN)/ruff format --check src tests benchmarks chaos cluster frontend screens
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/djlint --lint src/komek --quiet
	$(BIN)/komek makemigrations --check --dry-run

facts: $(READY) ## write docs/facts.md: each fact and who reacts to it
	$(BIN)/komek facts

bench: $(READY) ## what a city of 2.3 million cards costs; a part of it: BENCH="--only create --cards 20000"
	$(BIN)/python -m benchmarks $(BENCH)

chaos: $(TOOLS) ## a city under load, and a hand on the power switch: FAULTS=50 SEED=1 (root, for the disk and the clock); CHAOS=--telephone: under sixty calls
	$(BIN)/python -m chaos --faults $(FAULTS) --seed $(SEED) $(CHAOS)

cluster: $(TOOLS) ## three databases, two nodes and a proxy on test hosts; hosts die under load (root, Debian)
	$(BIN)/python -m cluster $(CLUSTER)

screens: $(TOOLS) $(LOOK) ## a picture of every desk in three languages, light and dark, on a desk and on a phone: into screens/out
	$(BIN)/python -m screens $(SCREENS)

curve: $(READY) ## the same figures at four sizes of the register, into docs/cost-curve.md
	$(BIN)/python -m benchmarks.cost $(BENCH)

clean:          ## forget the environment; the data in .komek stays
	rm -rf $(VENV)

$(READY): requirements/base.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit("Komek needs Python 3.11 or newer") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/base.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $@

$(TOOLS): $(READY) requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	touch $@

# The map, the telephone and the fonts: brought by npm from a wheel. Nothing stops without them, and the next call tries again.
$(LOOK): $(READY) requirements/frontend.txt frontend/package-lock.json frontend/package.json frontend/.npmrc $(wildcard frontend/*.py frontend/bundles/*)
	@{ $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/frontend.txt \
	&& $(BIN)/python -m frontend && touch $@; } \
	|| echo "Komek goes on without a map, without a telephone in the browser and with the fonts of the machine; call make again to bring them."

# The switch and its sentences. Nothing stops without them: what needs a telephone is then skipped, and says so.
$(PBX): $(READY) src/komek/adapters/asterisk/binaries.py src/komek/adapters/asterisk/prompts.csv
	@{ $(BIN)/python -m komek.adapters.asterisk && touch $@; } \
	|| echo "Komek goes on without a telephone; call make pbx to try again."
