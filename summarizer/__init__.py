"""wrapup: a transcript goes in on the left, a grounded summary comes out on the right.

    bytes ─ formats.read ─▶ Conversation ─ redact ─▶ Conversation ─ jobs.submit ─▶ rows [commit] ─ enqueue ─▶ job id
    job id ─ claim ─▶ Conversation [commit]
    Conversation ─ prompt.render ─▶ prompt ─ generate ─▶ completion ─ parse ─▶ Draft ─ ground, verified ─▶ Summary
    Summary ─ complete ─▶ row [commit] ─▶ GET

Values     conversation, summary, errors
Reading    formats/, hidden, redaction, signatures
Writing    content, roles, orders, window, prompt, grounding, verify, fallback, summarize
Model      generate (the seam), model (the one the settings name), engine/ (token ids in, token ids out)
Keeping    store/ (Postgres), queue (Celery messages), jobs (use cases that join them)
Running    settings, log, cli, embedded, demo, doctor
"""
