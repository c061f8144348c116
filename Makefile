# The two commands of the README are `make demo` and `make test`; each sets up all it needs.
SHELL := bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
export PYTHONPATH := layers/core:layers/connectors:layers/chain:.
export SAM_CLI_TELEMETRY := 0
export AWS_DEFAULT_REGION ?= us-east-1

CODE := layers functions local bench scripts tests

.PHONY: help setup demo demo-crash demo-settle faults test test-all lint fmt build invoke sam-e2e bench replay openapi screenshots routes fuzz deploy deploy-site clean

help:  ## Lists these targets.
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

setup:
	@./scripts/setup.sh
	@./scripts/dashboard_setup.sh

demo: setup  ## Runs the whole system here. ONCE=1 ends when a trade is hedged; LIVE_DATA=1 reads the real venues.
	@$(PY) -m local.demo $(if $(ONCE),--once) $(if $(LIVE_DATA),--live-data) $(if $(MATCH),--match) $(if $(MODE),--mode $(MODE)) $(if $(PORT),--port $(PORT))

demo-crash: setup  ## Kills the handlers in the middle of trades, again and again; ends when all books agree.
	@$(PY) -m local.demo.crash $(if $(PORT),--port $(PORT))

demo-settle: setup  ## Live-sim to settlement: a stop loss, an early close, a void, a disagreement; all paid. MODE=demo: on paper.
	@$(PY) -m local.demo.settle $(if $(MODE),--mode $(MODE)) $(if $(PORT),--port $(PORT))

test: setup build  ## All tests but the exhaustive ones, with coverage.
	@$(PY) -m pytest -n 3 --dist loadgroup -m "not slow and not oracle and not docker" --cov --cov-report=term --cov-fail-under=90 -q

test-all: setup build  ## The exhaustive rest too.
	@$(PY) -m pytest -n 2 --dist loadgroup -q

faults: setup  ## The fault matrix: N scenarios of SEED, one figure a row; all but the first must be 0.
	@$(PY) -m local.faults --n $(or $(N),600) --seed $(or $(SEED),2026) --processes 2

lint: setup  ## ruff, mypy --strict, import-linter, checkov, detect-secrets.
	@.venv/bin/ruff check $(CODE)
	@.venv/bin/ruff format --check $(CODE)
	@.venv/bin/mypy layers functions local bench scripts
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m scripts.leaks
	@$(PY) -m scripts.tools checkov --config-file .checkov.yaml

fuzz: setup  ## schemathesis over all routes with valid tokens: make fuzz SECONDS=600.
	@$(PY) -m scripts.fuzz $(or $(SECONDS),600)

fmt: setup  ## Formats.
	@.venv/bin/ruff check --fix -q $(CODE); .venv/bin/ruff format $(CODE)

build: setup  ## sam validate and sam build.
	@./scripts/build.sh

invoke: build  ## One built function in its Lambda container: make invoke EVENT=events/scan_tick.json (needs Docker).
	@$(PY) -m local.sam invoke $(or $(EVENT),events/health.json)

sam-e2e: build  ## register, scan, execute and status, each in its Lambda container (needs Docker).
	@$(PY) -m local.sam e2e

bench: setup  ## One `name: value` row a figure, each speed beside a peer or floor of the same run.
	@$(PY) -m bench

replay: setup  ## Recorded books through strategies, paper venue and saga: make replay FILE=… STRATEGY=momentum.
	@$(PY) -m local.replay $(FILE) $(if $(STRATEGY),--strategy $(STRATEGY)) $(if $(PARAMS),--params '$(PARAMS)') $(if $(OUT),--out $(OUT))

openapi: setup  ## Writes docs/api/openapi.json.
	@$(PY) -m scripts.make_openapi

screenshots: setup  ## Takes the dashboard's pictures (needs Chromium).
	@$(PY) -m scripts.screenshots

routes: setup  ## Writes the handlers' routes into template.yaml.
	@$(PY) -m scripts.routes

deploy: setup build  ## Deploys to your AWS account: make deploy STAGE=dev (guided the first time), PARAMS="Name=value …".
	@./scripts/deploy.sh $(or $(STAGE),dev) $(PARAMS)

deploy-site: setup  ## Uploads the dashboard to the stack's bucket: make deploy-site STAGE=dev.
	@$(PY) -m scripts.deploy_site $(or $(STAGE),dev)

clean:  ## Removes what was built; keeps .venv.
	rm -rf .aws-sam .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov .local
