"""What channels are called: platforms send short names such as "lcw", people know them as live chat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from store.voice.records import VOICE_CHANNELS

CHANNEL_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "apple": "Apple Messages",
        "directline": "Direct Line",
        "directlinespeech": "Direct Line Speech",
        "email": "E-mail",
        "emulator": "Emulator",
        "facebook": "Facebook",
        "lcw": "Live chat",
        "line": "LINE",
        "msteams": "Teams",
        "omnichannel": "Omnichannel",
        "pva-studio": "Test canvas",
        "skype": "Skype",
        "slack": "Slack",
        "sms": "SMS",
        "telegram": "Telegram",
        "telephony": "Telephony",
        "twitter": "X (Twitter)",
        "voice": "Voice",
        "webchat": "Web chat",
        "wechat": "WeChat",
        "whatsapp": "WhatsApp",
    }
)

_NAMES = {label: name for name, label in CHANNEL_LABELS.items()}


def channel_label(name: str) -> str:
    """The name people know a channel by; an unknown one stands as it came."""
    return CHANNEL_LABELS.get(name.lower(), name)


def channel_named(label: str) -> str:
    """The name behind a label; what is no label stands for itself."""
    return _NAMES.get(label, label)


def is_voice(name: str) -> bool:
    """Whether a conversation over this channel was spoken."""
    return name.lower() in VOICE_CHANNELS
