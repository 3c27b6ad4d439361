"""What channels are called: platforms send short names such as "lcw", people know them as live chat."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

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
        "telephony": "Voice",
        "twitter": "X (Twitter)",
        "voice": "Voice",
        "webchat": "Web chat",
        "wechat": "WeChat",
        "whatsapp": "WhatsApp",
    }
)


def channel_label(name: str) -> str:
    """The name people know a channel by; an unknown one stands as it came."""
    return CHANNEL_LABELS.get(name.lower(), name)
