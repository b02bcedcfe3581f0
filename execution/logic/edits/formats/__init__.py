"""Replies that are no snippet: search/replace blocks, diffs, patches, whole files."""
