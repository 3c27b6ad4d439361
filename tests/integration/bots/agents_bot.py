"""A bot of the Microsoft 365 Agents SDK that talks with one customer and reports it: `agents_bot.py URL TOKEN CONVERSATION`.

The SDK brings no adapter for use without a channel, so this one hands out what a channel would: ids.
"""

import asyncio
import sys
from datetime import UTC, datetime

from floorwalker_agents import report_conversations
from floorwalker_reporter import FloorwalkerReporter
from microsoft_agents.activity import (
    Activity,
    CardAction,
    ChannelAccount,
    ConversationAccount,
    ConversationReference,
    ResourceResponse,
)
from microsoft_agents.hosting.core import ActivityHandler, ChannelAdapter, MessageFactory, TurnContext


class InProcessAdapter(ChannelAdapter):
    def __init__(self) -> None:
        super().__init__()
        self._sent = 0

    async def send_activities(self, context: TurnContext, activities: list[Activity]) -> list[ResourceResponse]:
        self._sent += len(activities)
        return [ResourceResponse(id=f"bot-{self._sent - len(activities) + number}") for number in range(1, len(activities) + 1)]

    async def update_activity(self, context: TurnContext, activity: Activity) -> None:
        return None

    async def delete_activity(self, context: TurnContext, reference: ConversationReference) -> None:
        return None


class HelpDesk(ActivityHandler):
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        if "human" in turn_context.activity.text:
            await turn_context.send_activity("I will find somebody for you.")
            event = Activity(type="event", name="handoff.initiate", value={"Skill": "laptops"})
            await turn_context.send_activity(event)
            return
        actions = [CardAction(type="imBack", title=title, value=title) for title in ("Yes", "No")]
        await turn_context.send_activity(MessageFactory.suggested_actions(actions, "Have you tried turning it off and on again?"))


async def main(url: str, token: str, conversation: str) -> None:
    adapter, bot = InProcessAdapter(), HelpDesk()
    reporter = FloorwalkerReporter(url, token=token)
    report_conversations(adapter, reporter)
    for number, text in enumerate(["My laptop does not start", "Yes. I want a human"], start=1):
        heard = Activity(
            type="message",
            id=f"ann-{number}",
            timestamp=datetime.now(UTC),
            channel_id="webchat",
            service_url="http://localhost",
            conversation=ConversationAccount(id=conversation),
            from_property=ChannelAccount(id="ann", name="Ann"),
            recipient=ChannelAccount(id="help-desk", name="Help desk"),
            text=text,
        )
        await adapter.run_pipeline(TurnContext(adapter, heard), bot.on_turn)
    await reporter.finish()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
