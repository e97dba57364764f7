# An extra for those who have make. The commands that matter are ./run and ./check.
PY = .venv/bin/python

.PHONY: run check fast lint format migration spine migration-check requirements

run:
	./run

check:
	./check

fast:
	./check --fast

lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy && .venv/bin/lint-imports

format:
	.venv/bin/ruff format . && .venv/bin/ruff check --fix .

# make migration WORDS="short words": the next numbered migration, from the difference between models and migrations
migration:
	$(PY) migrations/generate.py "$(WORDS)"

# Write 0001 again from the models; only while no database outside this machine was made with it
spine:
	$(PY) migrations/generate.py spine --replace-all

migration-check:
	$(PY) -m pytest -q tests/migrations

# After every change of uv.lock
requirements:
	$(PY) tests/architecture/requirement_exports.py
