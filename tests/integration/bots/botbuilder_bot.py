"""A bot of the Bot Framework SDK that talks with one customer and reports it: `botbuilder_bot.py URL TOKEN CONVERSATION`."""

import asyncio
import sys
from datetime import UTC, datetime

from botbuilder.core import ActivityHandler, MessageFactory, TurnContext
from botbuilder.core.adapters import TestAdapter
from botbuilder.schema import ActionTypes, Activity, CardAction, ChannelAccount, ConversationAccount
from floorwalker_botbuilder import report_conversations
from floorwalker_reporter import FloorwalkerReporter


class HelpDesk(ActivityHandler):
    async def on_message_activity(self, turn_context: TurnContext) -> None:
        if "human" in turn_context.activity.text:
            await turn_context.send_activity("I will find somebody for you.")
            event = Activity(type="event", name="handoff.initiate", value={"Skill": "laptops"})
            await turn_context.send_activity(event)
            return
        actions = [CardAction(type=ActionTypes.im_back, title=title, value=title) for title in ("Yes", "No")]
        await turn_context.send_activity(MessageFactory.suggested_actions(actions, "Have you tried turning it off and on again?"))


async def main(url: str, token: str, conversation: str) -> None:
    template = Activity(
        channel_id="webchat",
        service_url="http://localhost",
        conversation=ConversationAccount(id=conversation),
        from_property=ChannelAccount(id="ann", name="Ann"),
        recipient=ChannelAccount(id="help-desk", name="Help desk"),
    )
    adapter = TestAdapter(HelpDesk().on_turn, template)
    reporter = FloorwalkerReporter(url, token=token)
    report_conversations(adapter, reporter)
    for text in ["My laptop does not start", "Yes. I want a human"]:
        await adapter.receive_activity(Activity(type="message", timestamp=datetime.now(UTC), text=text))
    await reporter.finish()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
