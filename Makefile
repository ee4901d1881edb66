# `make demo` and `make test` need Python 3.11 and make, nothing else: everything comes from the lock file.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV_VERSION := 0.13.9

.PHONY: demo test proofs check refresh-domains bench bench-edge bench-internet bench-web bench-import bench-audience screenshots lock messages clean

demo: $(VENV)/.synced
	@$(BIN)/python manage.py demo $(if $(ONCE),--once)

test: $(VENV)/.synced
	$(BIN)/python -m pytest -n 3 --dist worksteal

# Kills, restarts, a million rows, every screen in every look: what takes minutes to prove.
proofs: $(VENV)/.synced
	$(BIN)/python -m pytest -m "chaos or scale or matrix"

check: $(VENV)/.synced
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(BIN)/python manage.py makemigrations --check --dry-run

bench: $(VENV)/.synced
	$(BIN)/python -m bench

# The click edge against the same redirect through Django.
bench-edge: $(VENV)/.synced
	$(BIN)/python -m bench.edge

# Mailbox providers with tempers on loopback: what the lanes get out of each.
bench-internet: $(VENV)/.synced
	$(BIN)/python -m bench.internet

# Every screen of the web admin at a million contacts: milliseconds and queries.
bench-web: $(VENV)/.synced
	$(BIN)/python -m bench.web

# An import of a million rows against a bare COPY of the same file.
bench-import: $(VENV)/.synced
	$(BIN)/python -m bench.imports

# Segments and the freeze of a campaign among a million people with twenty million events, with the query plans.
bench-audience: $(VENV)/.synced
	$(BIN)/python -m bench.audience

# Every screen of the web admin, from the demo's data, into screenshots/.
screenshots: $(VENV)/.synced
	@$(BIN)/python manage.py screenshots

# The lock names versions and hashes for every platform, so that any index or mirror can serve it.
lock: $(BIN)/uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 \
		--no-header -q -o requirements.lock

$(VENV)/.synced: requirements.lock | $(BIN)/uv
	@$(BIN)/uv pip sync -q --require-hashes --python $(BIN)/python requirements.lock
	@touch $@

$(BIN)/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Sendwell needs Python 3.11 or newer; say which with: make PYTHON=python3.11 …"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "This Python cannot make environments. On Debian: apt install python3-venv"; exit 1; }
	@$(BIN)/python -m pip install -q uv==$(UV_VERSION)

# Domains of mailboxes for one use come and go: takes the newest lists of them into the lock, and nothing else.
refresh-domains: $(BIN)/uv
	$(BIN)/uv pip compile pyproject.toml --group dev --universal --generate-hashes --python-version 3.11 \
		--no-header -q -o requirements.lock -P mailchecker -P disposable-email-domains
	@$(MAKE) --no-print-directory $(VENV)/.synced

# Needs GNU gettext. What subscribers read is translated; the team's own screens are English.
messages: $(VENV)/.synced
	$(BIN)/python manage.py makemessages -l de -l fr -l es -l it --no-wrap --add-location file --ignore ".*" \
		--ignore "tests/*" $(foreach app,config campaigns deliverability templates_app accounts,--ignore "$(app)/*") \
		--ignore "*/audience/*" --ignore "*warmup.*" --ignore "*permission*.html" --ignore "*policies.py" --ignore "*custom_fields.py" --ignore "*frequency.*" --ignore "*lifecycle*" --ignore "*/field.html" --ignore "*/fields.html"
	$(BIN)/python manage.py compilemessages --ignore ".*"

clean:
	rm -rf $(VENV) .data
