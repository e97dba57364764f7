"""Every module of app/ has its test: tests/STAGE/test_MODULE.py, or a test named here that stands in for it."""

from tests.architecture.sources import project_files, python_files

OF_ANY_STAGE = {
    "__init__": "a docstring, or the shared front of a package whose modules are tested",
    "__main__": "hands over to the module beside it",
    "guards": "tests/bypass tries them by SQL, tests/migrations compares them with the database",
    "model": "frozen values that every test of the stage uses",
    "queries": "reads back what the operations of its stage wrote",
    "store": "written and read through the operations of its stage",
    "tables": "tests/migrations compares them with the migrated database",
}
"""Names that mean the same in every stage, and why they need no test of their own."""

STANDS_IN = {
    "app/accounts/operations/known_secret.py": "tests/accounts/test_confirmations.py",
    "app/audit/exports.py": "tests/audit/test_operations.py",
    "app/audit/offline_verifier.py": "tests/audit/test_proof.py",
    "app/audit/raw_rows.py": "tests/audit/test_verification.py",
    "app/authoring/addresses.py": "tests/authoring/test_senders.py",
    "app/authoring/layout.py": "tests/authoring/test_skeleton.py",
    "app/checks/blocks.py": "tests/checks/test_document.py",
    "app/checks/html_text.py": "tests/checks/test_document.py",
    "app/checks/inline_text.py": "tests/checks/test_document.py",
    "app/checks/kinds/": "tests/checks/test_rule_files.py",
    "app/checks/markdown_text.py": "tests/checks/test_document.py",
    "app/checks/policy.py": "tests/checks/test_linting.py",
    "app/checks/reading.py": "tests/checks/test_linting.py",
    "app/checks/rules.py": "tests/checks/test_rule_files.py",
    "app/checks/source_map.py": "tests/checks/test_document.py",
    "app/cli/check_formats.py": "tests/cli/test_checking.py",
    "app/cli/context.py": "tests/cli/test_exit_codes.py",
    "app/cli/main.py": "tests/cli/test_exit_codes.py",
    "app/cli/options.py": "tests/cli/test_exit_codes.py",
    "app/cli/running.py": "tests/cli/test_processes.py",
    "app/consent/addresses.py": "tests/consent/test_vault.py",
    "app/consent/commands.py": "tests/consent/test_operations.py",
    "app/consent/details.py": "tests/consent/test_csv_file.py",
    "app/delivery/context.py": "tests/delivery/test_operations.py",
    "app/delivery/dkim_signer.py": "tests/delivery/test_render.py",
    "app/delivery/dots.py": "tests/bypass/test_permit.py",
    "app/delivery/preparing.py": "tests/delivery/test_operations.py",
    "app/delivery/receipts.py": "tests/delivery/test_wire_faults.py",
    "app/delivery/stopping.py": "tests/delivery/test_operations.py",
    "app/delivery/transport.py": "tests/transports/test_envelope.py",
    "app/delivery/witness.py": "tests/delivery/test_lost_databases.py",
    "app/gate/approved_content.py": "tests/delivery/test_operations.py",
    "app/gate/consent_checks.py": "tests/gate/test_policy.py",
    "app/gate/content_checks.py": "tests/gate/test_policy.py",
    "app/gate/facts.py": "tests/delivery/test_operations.py",
    "app/gate/pacing_checks.py": "tests/gate/test_policy.py",
    "app/gate/permit.py": "tests/bypass/test_permit.py",
    "app/gate/readings.py": "tests/delivery/test_operations.py",
    "app/gate/results.py": "tests/gate/test_policy.py",
    "app/gate/sender_checks.py": "tests/gate/test_policy.py",
    "app/gate/stored_facts.py": "tests/gate/test_policy.py",
    "app/insights/demo_content.py": "tests/insights/test_read_models.py",
    "app/insights/demo_leads.py": "tests/insights/test_read_models.py",
    "app/insights/demo_loader.py": "tests/insights/test_read_models.py",
    "app/insights/demo_stage.py": "tests/insights/test_read_models.py",
    "app/insights/labels.py": "tests/insights/test_wording.py",
    "app/insights/preview.py": "tests/insights/test_redline.py",
    "app/insights/schema.py": "tests/migrations/test_migrations.py",
    "app/insights/wording_acts.py": "tests/insights/test_wording.py",
    "app/insights/wording_gate.py": "tests/insights/test_wording.py",
    "app/insights/wording_model.py": "tests/insights/test_wording.py",
    "app/review/authors.py": "tests/review/test_operations.py",
    "app/sequences/commands.py": "tests/sequences/test_operations.py",
    "app/sequences/spans.py": "tests/sequences/test_plan_files.py",
    "app/storage/base.py": "tests/storage/test_rows.py",
    "app/storage/migrate.py": "tests/migrations/test_migrations.py",
    "app/transports/fast_sink.py": "tests/transports/test_sinks.py",
    "app/transports/local_inbox.py": "tests/transports/test_sinks.py",
    "app/transports/smtp_auth.py": "tests/transports/test_smtp_session.py",
    "app/transports/smtp_settings.py": "tests/transports/test_smtp_session.py",
    "app/transports/smtp_wire.py": "tests/transports/test_smtp_session.py",
    "app/web/acting.py": "tests/web/views/test_review_pages.py",
    "app/web/application.py": "tests/web/test_access.py",
    "app/web/context.py": "tests/web/test_access.py",
    "app/web/frame.py": "tests/web/test_templates.py",
    "app/web/jinja_words.py": "tests/web/test_templates.py",
    "app/web/paths.py": "tests/web/test_templates.py",
    "app/web/presenters/audit.py": "tests/web/views/running/test_evidence_pages.py",
    "app/web/presenters/deciding.py": "tests/web/views/test_page_guards.py",
    "app/web/presenters/editor.py": "tests/web/views/test_content_pages.py",
    "app/web/presenters/evidence.py": "tests/web/views/test_review_pages.py",
    "app/web/presenters/home.py": "tests/web/views/test_deciding_pages.py",
    "app/web/presenters/item.py": "tests/web/views/test_page_guards.py",
    "app/web/presenters/leads.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/presenters/library.py": "tests/web/views/test_content_pages.py",
    "app/web/presenters/queue.py": "tests/web/views/test_review_pages.py",
    "app/web/presenters/redlines.py": "tests/web/views/test_review_pages.py",
    "app/web/presenters/review.py": "tests/web/views/test_review_pages.py",
    "app/web/presenters/sends.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/presenters/sequences.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/presenters/standing.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/presenters/why.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/view_models/": "tests/web/test_templates.py",
    "app/web/views/audit.py": "tests/web/views/running/test_evidence_pages.py",
    "app/web/views/editing.py": "tests/web/views/test_content_pages.py",
    "app/web/views/health.py": "tests/web/views/running/test_evidence_pages.py",
    "app/web/views/home.py": "tests/web/views/test_deciding_pages.py",
    "app/web/views/inbox.py": "tests/web/views/running/test_evidence_pages.py",
    "app/web/views/leads.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/views/publishing.py": "tests/web/views/test_deciding_pages.py",
    "app/web/views/reviews.py": "tests/web/views/test_review_pages.py",
    "app/web/views/sending.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/views/sends.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/views/sequences.py": "tests/web/views/running/test_engine_pages.py",
    "app/web/views/sign_in.py": "tests/web/test_identity.py",
    "app/web/views/unsubscribe.py": "tests/web/views/running/test_unsubscribe_page.py",
    "app/worker/bench.py": "tests/cli/test_bench.py",
    "app/worker/single.py": "tests/worker/test_loop.py",
}
"""Modules, or folders of them, that are tested under another name, and by which file."""


def has_test(module: str, tests: frozenset[str]) -> bool:
    """Whether a test mirrors the module, by its own name or that of its sub-package; ``test_NAME_more.py`` counts."""
    *folders, name = module.removeprefix("app/").removesuffix(".py").split("/")
    if not folders:
        return f"tests/test_{name}.py" in project_files()
    stage = folders.pop(0)
    wanted = {f"tests/{stage}/test_{word}" for word in (*folders, name)}
    wanted.add("/".join(["tests", stage, *folders, f"test_{name}"]))
    return any(test.removesuffix(".py") in wanted or test.startswith(tuple(f"{w}_" for w in wanted)) for test in tests)


def all_tests() -> frozenset[str]:
    return frozenset(name for name in python_files("tests") if "/test_" in name)


def stand_in(module: str) -> str | None:
    """The test that ``STANDS_IN`` names for a module or its folder."""
    return STANDS_IN.get(module) or STANDS_IN.get(module.rpartition("/")[0] + "/")


def test_every_module_has_a_test() -> None:
    named = [name for name in python_files("app") if name.rpartition("/")[2].removesuffix(".py") not in OF_ANY_STAGE]
    tests = all_tests()
    assert [name for name in named if stand_in(name) is None and not has_test(name, tests)] == []


def test_every_stand_in_is_there() -> None:
    assert sorted({test for test in STANDS_IN.values() if test not in project_files()}) == []


def test_the_list_has_no_dead_entries() -> None:
    files, tests = set(python_files("app")), all_tests()
    single = [name for name in STANDS_IN if not name.endswith("/")]
    assert [name for name in single if name not in files or has_test(name, tests)] == []


def test_no_folder_of_tests_mirrors_nothing() -> None:
    beside = {"architecture", "bypass", "journeys", "migrations", "builders", "fakes", "strategies", "servers", "chaos"}
    stages = {name.split("/")[1] for name in python_files("app")}
    folders = {name.split("/")[1] for name in python_files("tests") if name.count("/") > 1}
    assert folders - stages - beside == set()
