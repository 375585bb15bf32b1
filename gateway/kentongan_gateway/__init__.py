"""The RT's guard post: carries the serial nodes' messages to the broker and sounds without it."""

VERSION = "0.1.0"
