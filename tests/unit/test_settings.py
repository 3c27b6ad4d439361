"""Settings: where they come from, which wins, and what a wrong one says."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import pytest

from metrics.alerts.built_in import BUILT_IN
from metrics.bands import DEFAULT_LIMITS
from metrics.catalogue import find_metric
from metrics.live_catalogue import LIVE_CATALOGUE
from metrics.metric import Better
from settings import KINDS, AlertTarget, ConfigurationError, Settings, SourceSettings, read_settings
from settings.floor import FALLS, LIMITED
from settings.tables import TABLES
from wiring import metric_targets_from, rulebook_from

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "floorwalker.example.toml"


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "floorwalker.toml"
    path.write_text(text, encoding="utf-8")
    return path


def target(kind: str, address: str, *more: str) -> str:
    """One [[alert_targets]] table."""
    return "\n".join(["[[alert_targets]]", "name = 'a'", f"kind = '{kind}'", f"address = '{address}'", *more])


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder without a floorwalker.toml."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("nowhere")
def held(month: str, licences: str = "1") -> str:
    """One [[bot_session_entitlements]] table."""
    return f"[[bot_session_entitlements]]\nfrom = {month}\nlicences = {licences}\n"


def test_without_file_and_variables_the_defaults_hold() -> None:
    assert read_settings({"PATH": "/bin", "FLOORWALKER_DEMO": ""}) == Settings()


def test_the_file_in_the_current_folder_is_found(nowhere: Path) -> None:
    write(nowhere, "demo_days = 3")

    assert read_settings({}).demo_days == 3


@pytest.mark.usefixtures("nowhere")
def test_a_variable_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere.toml"
    path.write_text("demo_seed = 11", encoding="utf-8")

    assert read_settings({"FLOORWALKER_CONFIG": str(path)}).demo_seed == 11


def test_a_named_file_that_is_missing_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.toml .* does not exist"):
        read_settings({"FLOORWALKER_CONFIG": str(tmp_path / "gone.toml")})


def test_a_variable_wins_over_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, 'demo = "off"\nidle_minutes = 10')

    settings = read_settings({"FLOORWALKER_DEMO": "on"}, path)

    assert (settings.demo, settings.idle_minutes) == ("on", 10)


@pytest.mark.usefixtures("nowhere")
def test_lists_and_tables_can_stand_in_variables() -> None:
    settings = read_settings(
        {
            "FLOORWALKER_PERSISTENT_CHANNELS": "SMS, line",
            "FLOORWALKER_IDLE_MINUTES_BY_CHANNEL": "voice=5,email=1440",
            "FLOORWALKER_WAIT_TARGET_SECONDS_BY_QUEUE": "Q=1=20",
            "FLOORWALKER_BOT_ALIASES": "staging=Contoso bot",
        }
    )

    assert settings.persistent_channels == ("sms", "line")
    assert settings.idle_minutes_by_channel == {"voice": 5.0, "email": 1440.0}
    assert settings.wait_target_seconds_by_queue == {"Q=1": 20}
    assert settings.bot_aliases == {"staging": "Contoso bot"}
    assert read_settings({"FLOORWALKER_PERSISTENT_CHANNELS": "none"}).persistent_channels == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("idle_minuts = 3", r"idle_minuts \(in .*floorwalker\.toml\) is not a setting; did you mean idle_minutes\?"),
        ("idle_minutes = 0", r"idle_minutes \(in .*\) must be a number of minutes above 0, not 0"),
        ('idle_minutes = "30"', "idle_minutes .* must be a number"),
        ("idle_minutes = true", "idle_minutes .* must be a number"),
        ("idle_minutes = nan", "idle_minutes .* must be a number"),
        ("demo = true", r'demo .* must be "auto", "on" or "off", not True'),
        ("demo_days = 1.5", "demo_days .* must be a whole number from 1 to 730"),
        ("default_language = 'English'", "default_language .* must be a language tag"),
        ("time_zone = 'Mars/Base'", "time_zone .* must be a time zone"),
        ("time_zone = '../etc/passwd'", "time_zone .* must be a time zone"),
        ("time_zone = 'Europe'", "time_zone .* must be a time zone"),
        ("persistent_channels = 'sms'", "persistent_channels .* must be a list"),
        ("persistent_channels = ['']", "persistent_channels .* must be a list"),
        (
            "[sentiment_threshold_by_queue]\nQ = 2",
            "sentiment_threshold_by_queue .* must be a table from name to a number from -1 to 1",
        ),
        ("[bot_aliases]\na = ''", "bot_aliases .* must be a table"),
        ("[bands]\nopen = [1, 2]", "bands .* must be a table from waiting, live_sentiment"),
        ("[bands]\nwaiting = [2, 1]", "bands .* must be a table"),
        ("[bands]\nwaiting = [1]", "bands .* must be a table"),
        ("[bands]\nlive_sentiment = [-0.3, -0.1]", "bands .* must be a table"),
        ("[bands_by_queue]\nQ = [1, 2]", "bands_by_queue .* must be a table from queue"),
        ("expected_silence_minutes = -1", "expected_silence_minutes .* must be a number of minutes"),
        ("console_url = 'javascript:alert(1)'", "console_url .* must be an http or https address"),
        ("console_url = 'https://{source}.example/'", "console_url .* must be an http or https address"),
        ("console_url = 'https://a.example/{id}'", "console_url .* must be an http or https address"),
        ("console_url = 'https://a.example/{source.x}'", "console_url .* must be an http or https address"),
        ("console_url = 'https://a.example/{source'", "console_url .* must be an http or https address"),
        ("console_url = 'https:///{source}'", "console_url .* must be an http or https address"),
        ("database_url = 'mysql://host/x'", "database_url .* must be sqlite:///"),
        ("database_url = 'sqlite:///var/demo.db'", "database_url and demo_database_url must differ"),
        ("sources = 1", "sources .* must be tables"),
        ("[[sources]]\nkind = 'email'\npath = 'x'", r'sources\[1\]\.kind .* must be "bot_framework" or "copilot_studio"'),
        ("[[sources]]\nkind = 'bot_framework'", r"sources\[1\]\.path .* must be the path"),
        ("[[sources]]\nkind = 'bot_framework'\npath = 'x'\nname = 'a b'", r"sources\[1\]\.name .* must be letters"),
        ("[[sources]]\nkind = 'bot_framework'\npath = 'x'\nwatch = 1", r"sources\[1\]\.watch .* must be true or false"),
        ("[[sources]]\nkind = 'bot_framework'\npath = 'x'\npaht = 1", r"sources\[1\]\.paht .* did you mean path\?"),
        ("[[sources]]\nkind = 'bot_framework'\npath = 'x'\n" * 2, "sources .* name of their own"),
        ("demo = ", "is not TOML"),
        ("public_url = 'floor.example.com'", "public_url .* must be an address"),
        ("[[alert_targets]]\nname = 'a'\nkind = 'sms'", r'alert_targets\[1\]\.kind .* must be "email" or "teams" or "slack"'),
        ("[[alert_targets]]\nname = 'a'\nkind = ['email']", r"alert_targets\[1\]\.kind .* must be"),
        (target("email", "smtp://x"), r"alert_targets\[1\]\.address .* must be mailto://"),
        (target("slack", "https://example.com/x"), r"alert_targets\[1\]\.address .* must be https://hooks\.slack\.com/"),
        (target("webhook", "ftp://x"), r"alert_targets\[1\]\.address .* must be an http:// or https:// address"),
        (target("webhook", "https://example.com"), r"alert_targets\[1\]\.secret .* must be at least 16"),
        (
            target("email", "mailto://x", "secret = 'a-word-of-sixteen'"),
            r"alert_targets\[1\]\.secret .* only webhooks are signed",
        ),
        (target("email", "mailto://x", "allow_private = true"), r"alert_targets\[1\]\.allow_private .* of a webhook"),
        (held("'2026-13'"), r'bot_session_entitlements\[1\]\.from .* must be a month, such as "2026-11"'),
        (held("202611"), r"bot_session_entitlements\[1\]\.from .* must be a month"),
        (held("'2026-11'", "-1"), r"bot_session_entitlements\[1\]\.licences .* must be a whole number"),
        (held("'2026-11'", "true"), r"bot_session_entitlements\[1\]\.licences .* must be a whole number"),
        (held("'2026-11'", "1\npacks = 1.5"), r"bot_session_entitlements\[1\]\.packs .* must be a whole number"),
        (held("'2026-11'", "1\npakcs = 1"), r"bot_session_entitlements\[1\].*pakcs.*packs"),
        (held("'2026-11'") + held("'2026-11'"), "bot_session_entitlements .* must each begin in a month of their own"),
        (target("email", "mailto://x") + "\n" + target("email", "mailto://y"), "alert_targets .* name of their own"),
    ],
)
def test_what_is_wrong_in_the_file_stops_the_start_and_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_settings({}, write(tmp_path, text))


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("FLOORWALKER_DEMO_DAYS", "many", "FLOORWALKER_DEMO_DAYS .* must be a whole number from 1 to 730, not 'many'"),
        ("FLOORWALKER_IDLE_MINUTES", "inf", "FLOORWALKER_IDLE_MINUTES .* must be a number"),
        ("FLOORWALKER_IDLE_MINUTES_BY_CHANNEL", "voice", "FLOORWALKER_IDLE_MINUTES_BY_CHANNEL .* name=value"),
        ("FLOORWALKER_BANDS", "waiting=five", "FLOORWALKER_BANDS .* name=5:10"),
        ("FLOORWALKER_BANDS_BY_QUEUE", "Night=5:10", "FLOORWALKER_BANDS_BY_QUEUE .* queue.name=5:10"),
        ("FLOORWALKER_DATABASE_UR", "x", r"FLOORWALKER_DATABASE_UR .* did you mean FLOORWALKER_DATABASE_URL\?"),
        ("FLOORWALKER_SOURCES", "x", r"listed in floorwalker\.toml"),
    ],
)
def test_what_is_wrong_in_a_variable_stops_the_start_and_is_named(variable: str, value: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        read_settings({variable: value})


def test_a_file_that_is_no_text_stops_the_start(tmp_path: Path) -> None:
    path = tmp_path / "floorwalker.toml"
    path.write_bytes(b"\xff\xfe\x00")

    with pytest.raises(ConfigurationError, match="is not TOML"):
        read_settings({}, path)


@pytest.mark.usefixtures("nowhere")
def test_secrets_are_never_shown() -> None:
    settings = read_settings(
        {
            "FLOORWALKER_INGEST_TOKEN": "hush-token",
            "FLOORWALKER_SESSION_SECRET": "hush-secret-of-some-length",
            "FLOORWALKER_DATABASE_URL": "postgresql://me:hush-password@host/name",
        }
    )

    assert settings.ingest_token == "hush-token"
    assert "hush" not in repr(settings) + str(settings)


@pytest.mark.usefixtures("nowhere")
@pytest.mark.parametrize("variable", ["INGEST_TOKEN", "SESSION_SECRET", "DATABASE_URL"])
def test_a_malformed_secret_is_not_quoted(variable: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read_settings({f"FLOORWALKER_{variable}": "hush \n hush"})

    assert variable in str(caught.value)
    assert "hush" not in str(caught.value) + repr(caught.value.__cause__)


@pytest.mark.parametrize(
    "text",
    [
        "kind = 'webhook'\naddress = 'hush://hush'\nsecret = 'hush-hush-hush-hush'",
        "kind = 'webhook'\naddress = 'https://hush.example.com'\nsecret = 'hush'",
        "kind = 'slack'\naddress = 'https://example.com/hush'",
    ],
)
def test_what_is_secret_of_an_alert_target_is_not_quoted(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"alert_targets\[1\]") as caught:
        read_settings({}, write(tmp_path, f"[[alert_targets]]\nname = 'a'\n{text}"))

    assert "hush" not in str(caught.value)


def test_address_and_secret_of_an_alert_target_are_never_shown(tmp_path: Path) -> None:
    path = write(tmp_path, target("webhook", "https://hush.example.com/hush", "secret = 'hush-hush-hush-hush'"))

    settings = read_settings({}, path)

    assert settings.alert_targets == (AlertTarget("a", "webhook", "https://hush.example.com/hush", "hush-hush-hush-hush"),)
    assert "hush" not in repr(settings) + str(settings)


def test_settings_cannot_be_changed() -> None:
    settings = Settings()

    with pytest.raises(FrozenInstanceError):
        settings.demo = "on"  # type: ignore[misc]
    with pytest.raises(TypeError):
        settings.bot_aliases["a"] = "b"  # type: ignore[index]


def test_sources_start_at_the_folder_of_the_file_and_are_named_by_their_kind(tmp_path: Path) -> None:
    path = write(tmp_path, "[[sources]]\nkind = 'copilot_studio'\npath = 'in'\nwatch = false")

    assert read_settings({}, path).sources == (SourceSettings("copilot_studio", "copilot_studio", tmp_path / "in", watch=False),)


@pytest.mark.parametrize(
    ("settings", "real_data_exists", "wanted"),
    [
        (Settings(), False, True),
        (Settings(), True, False),
        (Settings(ingest_token="word"), False, False),
        (Settings(sources=(SourceSettings("a", "bot_framework", Path("a")),)), False, False),
        (Settings(demo="on", ingest_token="word"), True, True),
        (Settings(demo="off"), False, False),
    ],
)
def test_the_demo_is_shown_until_something_real_is_there_or_as_told(
    settings: Settings, real_data_exists: bool, wanted: bool
) -> None:
    assert settings.demo_wanted(real_data_exists=real_data_exists) is wanted


@pytest.mark.usefixtures("nowhere")
def test_entitlements_stand_in_the_order_of_their_months(tmp_path: Path) -> None:
    settings = read_settings({}, write(tmp_path, held("'2026-07'", "120\npacks = 10") + held("'2026-01'", "100")))

    assert [(each.from_month, each.licences, each.packs) for each in settings.bot_session_entitlements] == [
        ("2026-01", 100, 0),
        ("2026-07", 120, 10),
    ]


def test_bands_are_pairs_by_metric_also_in_variables() -> None:
    settings = read_settings(
        {
            "FLOORWALKER_BANDS": "waiting=8:15,live_sentiment=-0.2:-0.4",
            "FLOORWALKER_BANDS_BY_QUEUE": "Cards.EU.waiting=2:4,Cards.EU.low_sentiment=1:1",
        }
    )

    assert settings.bands == {"waiting": (8.0, 15.0), "live_sentiment": (-0.2, -0.4)}
    assert settings.bands_by_queue == {"Cards.EU": {"waiting": (2.0, 4.0), "low_sentiment": (1.0, 1.0)}}


def test_limits_may_be_set_for_the_metrics_that_have_them() -> None:
    assert set(DEFAULT_LIMITS) <= set(LIMITED) <= {metric.key for metric in LIVE_CATALOGUE}
    assert tuple(key for key in LIMITED if find_metric(key).better is Better.HIGHER) == FALLS


def test_every_setting_can_be_read() -> None:
    assert {*KINDS, *TABLES} == {item.name for item in fields(Settings)}


def test_the_example_holds_the_defaults() -> None:
    assert read_settings({}, EXAMPLE) == Settings()


def test_the_example_with_its_examples_taken_in_sets_every_setting(tmp_path: Path) -> None:
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    path = write(tmp_path, "\n".join(line[1:] if line.startswith("#") and line[1:2].strip() else line for line in lines))

    settings = read_settings({}, path)

    text = path.read_text(encoding="utf-8")
    assert not [name for name in KINDS if f"\n{name} = " not in text and f"\n[{name}]\n" not in text]
    assert [source.kind for source in settings.sources] == ["bot_framework", "azure_speech_batch", "copilot_studio"]
    assert [rule.fields["kind"] for rule in settings.alert_rules] == ["wait", "words", "silent_source", "metric"]
    assert len(rulebook_from(settings).rules([])) == len(BUILT_IN) + 4
    assert [target.level for target in metric_targets_from(settings)] == [0.6, 180]
    assert [target.kind for target in settings.alert_targets] == ["email", "teams", "slack", "webhook"]
    assert settings.ingest_token and settings.session_secret and settings.idle_minutes_by_channel
