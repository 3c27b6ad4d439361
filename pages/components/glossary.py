"""The words of the trade, as this product uses them."""

GLOSSARY: dict[str, str] = {
    "Conversation": "Everything between one customer and the organisation under one id, bot and human parts together.",
    "Bot conversation": "A conversation in which a bot served the customer at least once, and which is not a test.",
    "Session": "An unbroken stretch of a conversation with one handler, bot or human.",
    "Segment": "A stay in one queue, from entering it to being accepted or leaving.",
    "Bot": "Anything automated that answers.",
    "Agent": "A human who answers.",
    "Handoff": "The event in which a bot passes the conversation to humans.",
    "Escalation": "The outcome of a conversation in which a human was asked for, by or for the bot.",
    "Resolved": "The need was met: confirmed by the customer, implied by the platform or the bot, or assumed from how it ended.",
    "Abandoned": "The customer stopped or left while the bot owed or awaited an answer.",
    "Deflection": "Resolved and abandoned together, over closed.",
    "Queue": "Where conversations wait for agents.",
    "Workstream": "The routing set-up that feeds queues for a channel.",
    "Channel": "What a conversation ran over: web chat, Teams, SMS, voice and so on.",
    "Source": "The system that transcripts come from.",
    "Topic": "What the conversation was about, as the bot's platform names it.",
    "Fallback": "An answer in which the bot says that it did not understand.",
    "Sentiment": "An estimate from the customer's words, from −1 to 1; without a score where the language is unknown to it.",
    "CSAT": "The customer's answer to a satisfaction survey, 1 to 5.",
    "Test": "A conversation held to try the bot out; left out of the figures unless asked for.",
}
