"""wrapup: a transcript goes in on the left, a grounded summary comes out on the right.

    bytes ─ formats.read ─▶ Conversation ─ redact ─▶ Conversation ─ submit ─▶ rows [commit] ─ enqueue ─▶ job id
    job id ─ claim ─▶ Conversation [commit]
    Conversation ─ prompt.render ─▶ prompt ─ generate ─▶ completion ─ parse ─▶ Draft ─ ground, verified ─▶ claims
    claims ─ sections ─▶ Summary ─ complete ─▶ row [commit] ─▶ GET

Values     conversation, summary, template, errors
Reading    formats/, hidden, redaction/, signatures, language, roles, content
Writing    window, prompt, copying, lexicon, grounding, verify, repair, rewording, fallback, summarize
Checking   figures/, clauses/ and negation (what is denied), doers (who did it), obligations/ (who owes it), orders and
           ordered (what is said to us), evidence, scoring, roots
Telling    sections/, headings, follow_ups and actions/, outcome, satisfaction, disposition, entities
Model      generate (the seam), model (the one the settings name), engine/ (token ids in, token ids out)
Keeping    store/ (Postgres), queue (Celery messages), documents (JSON), use cases: submit, jobs, edits, templates
Doors      platforms/ (what each sends us), signatures/ (who sent it), certificates, access (keys and sources), vault
Running    settings, log, metrics, cli, embedded, demo, doctor
"""
