"""The command line as a user calls it: its own process, exit code, both outputs."""

import base64
import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from summarizer.access import create_key
from summarizer.demo import samples
from summarizer.endpoints import create, try_out
from summarizer.formats import canonical
from summarizer.keys import Scope, parse_key
from summarizer.redaction import redacted
from summarizer.redaction.sealed import public_key, seal
from summarizer.settings import Settings
from summarizer.store.database import Database
from tests.builders import a_conversation
from tests.fakes import FakeBell
from tests.summarizer.engine.builders import a_bloom, save
from tests.work import environment_of


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return save(a_bloom(), tmp_path_factory.mktemp("model"), max_prompt_tokens=400, max_new_tokens=8)


def _wrapup(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    return subprocess.run(
        [sys.executable, "-m", "summarizer.cli", *arguments],
        input=stdin,
        capture_output=True,
        env={**inherited, **environment, "COLUMNS": "200"},
        check=False,
    )


def test_each_file_becomes_one_json_line_whose_evidence_is_in_its_turns(model: Path) -> None:
    files = [str(path) for path in samples()]
    done = _wrapup("summarize", *files, "--json", "--model", str(model))
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == files
    for line in lines:
        assert (line["kind"], line["reason"]) == ("extractive", None)
        assert set(line["turns"][0]) == {"role", "text", "start_ms", "end_ms"}
        assert line["summary"]["text"]
        for claim in line["summary"]["claims"]:
            (one,) = claim["evidence"]
            assert line["turns"][one["turn"]]["text"][one["start"] : one["end"]][:20] in claim["text"]


def test_records_are_read_from_a_pipe(model: Path) -> None:
    records = [{"id": str(i), "turns": [{"speaker": "customer", "text": "Hello there."}]} for i in range(3)]
    raw = gzip.compress("\n".join(json.dumps(record) for record in records).encode())
    done = _wrapup("summarize", "-", "--json", "--limit", "2", "--model", str(model), stdin=raw)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["id"], line["summary"], line["reason"]) for line in lines] == [
        ("0", None, "nothing_said"),
        ("1", None, "nothing_said"),
    ]


def test_personal_data_is_masked_before_the_model_reads_it_and_in_what_is_printed(model: Path) -> None:
    call = "Agent: How can I help?\nCustomer: My card 4111 1111 1111 1111 is lost, call Ann Lee at 206-555-0142.\n"
    done = _wrapup("summarize", "-", "--json", "--model", str(model), stdin=call.encode())
    assert done.returncode == 0, done.stderr
    assert b"[CARD]" in done.stdout
    assert b"4111" not in done.stdout
    assert b"0142" not in done.stdout


def test_a_file_that_cannot_be_read_is_named_and_the_others_are_done(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.vtt"
    broken.write_text("WEBVTT\n\n00:05.000 --> 00:01.000\nhello\n")
    done = _wrapup("summarize", str(broken), "nowhere.txt", str(samples()[2]), "--model", str(model))
    assert done.returncode == 1
    assert b"Reason: " in done.stdout
    assert b"broken.vtt" in done.stderr
    assert b"nowhere.txt" in done.stderr
    assert b"Traceback" not in done.stderr


def test_wrong_usage_ends_with_2() -> None:
    assert _wrapup("summarize").returncode == 2
    assert _wrapup("frobnicate").returncode == 2
    assert _wrapup("keys", "create", "--tenant", "x", "--scope", "everything").returncode == 2


def test_missing_settings_are_named_and_end_with_2(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "summarizer.cli", "keys", "create", "--tenant", "x"],
        capture_output=True,
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "PORT": "secret-word", "COLUMNS": "200"},
        check=False,
    )
    assert done.returncode == 2
    assert all(name in done.stderr for name in (b"DATABASE_URL", b"REDIS_URL", b"MASTER_KEY", b"PORT"))
    assert b"secret-word" not in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "worker",
        "beat",
        "migrate",
        "demo",
        "doctor",
        "summarize",
        "keys create",
        "keys list",
        "keys rotate",
        "keys revoke",
        "tenants list",
        "tenants limit",
        "sources create",
        "sources list",
        "sources rotate",
        "sources retire",
        "sources fetch-again",
        "callbacks list",
        "callbacks replay",
        "seal keygen",
        "seal set",
        "seal open",
    ],
)
def test_every_command_explains_itself_with_an_example(command: str) -> None:
    done = _wrapup(*command.split(), "--help")
    assert done.returncode == 0
    assert f"wrapup {command}".encode() in done.stdout


def test_a_database_that_is_away_is_one_line_and_1() -> None:
    environment = {
        "DATABASE_URL": "postgresql://a:b@127.0.0.1:1/c",
        "REDIS_URL": "redis://127.0.0.1:1",
        "MASTER_KEY": "x",
    }
    for command in (["migrate"], ["keys", "create", "--tenant", "x"]):
        done = _wrapup(*command, **environment)
        assert done.returncode == 1
        assert b"Traceback" not in done.stderr


def test_keys_sources_and_doctor_work_on_a_migrated_database(settings: Settings, model: Path) -> None:
    environment = {**environment_of(settings), "MODEL_DIR": str(model)}
    key = _wrapup("keys", "create", "--tenant", "acme", "--scope", "read", **environment)
    assert key.stdout.startswith(b"wk_")
    source = _wrapup("sources", "create", "--tenant", "acme", **environment).stdout.split()
    assert source[0].startswith(b"/v1/webhooks/standard?source=src_")
    assert source[1].startswith(b"whsec_")
    assert _wrapup("sources", "create", "--tenant", "acme", "--secret", "short", **environment).returncode == 1
    well = _wrapup("doctor", **environment)
    assert well.returncode == 0, well.stdout
    ill = _wrapup("doctor", **{**environment, "REDIS_URL": "redis://127.0.0.1:1/0"})
    assert ill.returncode == 1
    assert "✗ queue".encode() in ill.stdout


def test_keys_are_listed_rotated_and_revoked_and_a_tenant_is_limited(settings: Settings, database: Database) -> None:
    environment = {**environment_of(settings), "REQUESTS_PER_SECOND": "50"}
    first = create_key(database, "acme", name="crm", scopes=[Scope.READ], expires_in=None)
    second = parse_key(_wrapup("keys", "rotate", first.name, **environment).stdout.decode().strip())
    assert second is not None
    assert _wrapup("keys", "revoke", second.name, **environment).stdout == b"revoked\n"
    listed = _wrapup("keys", "list", **environment).stdout.decode()
    former, latter = (line.split("\t") for line in listed.splitlines())
    assert former[:4] == [first.name, "acme", "crm", "read"]
    assert latter[:4] == [second.name, "acme", "crm", "read"]
    assert former[-1] == "used never"
    assert former[5].startswith("expires 2")
    assert latter[5].startswith("revoked 2")
    assert first.secret not in listed
    assert second.secret not in listed
    for wrong in (("revoke", second.name), ("revoke", "wk_x"), ("rotate", first.name, "--overlap", "soon")):
        refused = _wrapup("keys", *wrong, **environment)
        assert (refused.returncode, refused.stdout) == (1, b"")
    limited = _wrapup("tenants", "limit", "acme", "--requests-per-second", "2.5", **environment)
    assert limited.stdout == b"acme: 2.5 requests per second\n"
    assert _wrapup("tenants", "list", **environment).stdout == b"acme\t2.5 requests per second\n"
    assert _wrapup("tenants", "limit", "acme", **environment).stdout == b"acme: 50 requests per second\n"
    assert _wrapup("tenants", "limit", "nobody", **environment).returncode == 1


def test_a_sender_gets_another_secret_without_showing_one(settings: Settings, tmp_path: Path) -> None:
    environment = {**environment_of(settings), "PUBLIC_URL": "https://calls.example.com/"}
    file = tmp_path / "token"
    file.write_text("a-secret-of-the-platform\n")
    given = ("--secret", f"@{file}", "--credential", "account_sid=AC1", "--credential", f"auth_token=@{file}")
    made = _wrapup("sources", "create", "--tenant", "acme", "--platform", "twilio", *given, **environment)
    address, secret = made.stdout.decode().split()
    assert address.startswith("https://calls.example.com/v1/webhooks/twilio?source=src_")
    assert secret == "a-secret-of-the-platform"
    token = address.partition("source=")[2]
    assert len(_wrapup("sources", "rotate", token, **environment).stdout.decode().split()) == 1
    listed = _wrapup("sources", "list", **environment).stdout.decode()
    assert f"{token}\tacme\ttwilio\t2 secrets" in listed
    assert _wrapup("sources", "retire", token, **environment).returncode == 0
    for wrong in (("--credential", "x"), ("--secret", f"@{tmp_path}/none"), ("--option", "topics=x")):
        refused = _wrapup("sources", "create", "--tenant", "acme", "--platform", "twilio", *wrong, **environment)
        assert refused.returncode == 1
        assert b"Traceback" not in refused.stderr


def test_a_tenant_seals_to_its_own_key_and_opens_without_a_server(settings: Settings, tmp_path: Path) -> None:
    environment = environment_of(settings)
    file, other = tmp_path / "acme.pem", tmp_path / "other.pem"
    public = _wrapup("seal", "keygen", "--to", str(file)).stdout.decode().strip()
    assert file.stat().st_mode & 0o777 == 0o600
    assert _wrapup("seal", "keygen", "--to", str(file)).returncode == 1  # overwrites no key
    assert _wrapup("seal", "set", "acme", public, **environment).stdout == b"acme: originals are sealed\n"
    assert _wrapup("seal", "set", "acme", "AAAA", **environment).returncode == 1
    assert _wrapup("seal", "set", "acme", **environment).returncode == 2
    assert _wrapup("seal", "set", "acme", "--off", **environment).stdout == b"acme: masks cannot be undone\n"
    done = redacted(a_conversation((("customer", "My name is Ann Lee, card 4111 1111 1111 1111."),)))
    sealed = base64.b64encode(seal(done.originals, public_key(public))).decode()
    view = json.dumps({"conversation": canonical.to_document(done.conversation), "sealed": sealed}).encode()
    restored = _wrapup("seal", "open", "--key", str(file), stdin=view)
    assert json.loads(restored.stdout)["turns"][0]["text"] == "My name is Ann Lee, card [CARD]."
    _wrapup("seal", "keygen", "--to", str(other))
    wrong = _wrapup("seal", "open", "--key", str(other), stdin=view)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert b"this key does not open what was sealed" in wrong.stderr


def test_dead_letters_are_listed_and_told_again(settings: Settings, database: Database, tenant_id: UUID) -> None:
    made = create(
        database,
        tenant_id,
        settings=settings,
        actor="test",
        url="https://crm.example.com",
        description=None,
        events=["summary.failed"],
        shape="wrapup",
    )
    callback_id = try_out(database, FakeBell(), tenant_id, made.endpoint.id, actor="test")
    with database.begin(tenant_id) as session:
        session.execute(text("UPDATE jobs SET state = 'failed'"))
    environment = environment_of(settings)
    listed = _wrapup("callbacks", "list", "acme", "--state", "failed", **environment).stdout.decode()
    assert f"msg_{callback_id.hex}" in listed
    endpoint = f"ep_{made.endpoint.id.hex}"
    assert _wrapup("callbacks", "replay", "acme", endpoint, **environment).stdout == b"1 to be told again\n"
    assert _wrapup("callbacks", "replay", "acme", "nonsense", **environment).returncode == 1
    assert _wrapup("callbacks", "replay", "other", endpoint, **environment).returncode == 1
