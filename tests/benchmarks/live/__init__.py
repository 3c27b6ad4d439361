"""The live floor under load: many viewers, each with a session and a stream, in processes of their own. See docs/speed.md."""
