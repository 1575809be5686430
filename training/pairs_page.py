"""A page on which people choose between two summaries: one file, no request to anywhere, no word that could run.

The pairs stand in a block of JSON in which `<` is escaped, and reach the page as text, never as markup. The policy
names the page's own script and style by their hashes, so that nothing else would run if it got in.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

STYLE = """
:root { color-scheme: light dark; --line: #767676; --soft: #f3f3f1; --mark: #0b57d0; }
@media (prefers-color-scheme: dark) { :root { --line: #8f8f8f; --soft: #262626; --mark: #8ab4f8; } }
* { box-sizing: border-box; }
body { font: 1rem/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 80rem; padding: 1rem;
  background: Canvas; color: CanvasText; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; margin: 0 0 .5rem; }
h2 { font-size: 1rem; margin: 0 0 .5rem; }
p { margin: .25rem 0; }
.box { border: 1px solid var(--line); border-radius: .5rem; padding: .75rem; min-width: 0; }
#call { max-height: 50vh; overflow-y: auto; background: var(--soft); margin-block-end: 1rem; }
.both { display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 48rem) { .both { grid-template-columns: repeat(2, minmax(0, 1fr)); } }
fieldset { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0 0; padding: .5rem .75rem; min-width: 0; }
label { display: inline-block; margin-inline-end: 1rem; padding: .35rem 0; }
button, input[type=text] { font: inherit; padding: .5rem .75rem; max-width: 100%; }
input { accent-color: var(--mark); }
:focus-visible { outline: 3px solid var(--mark); outline-offset: 2px; }
.row { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin-block-start: 1rem; }
progress { width: 100%; accent-color: var(--mark); }
"""

SCRIPT = """
"use strict";
const data = JSON.parse(document.getElementById("pairs").textContent);
const place = "wrapup-votes-" + data.comparison;
const byId = (id) => document.getElementById(id);
let state = { reader: "", at: 0, votes: {} };
let since = Date.now();

function remember() {
  try { localStorage.setItem(place, JSON.stringify(state)); }
  catch { byId("kept").textContent = "This browser keeps nothing: download your votes before you close the page."; }
}

function recall() {
  try {
    const kept = JSON.parse(localStorage.getItem(place));
    if (kept && typeof kept.votes === "object" && Number.isInteger(kept.at)) state = kept;
  } catch { /* nothing is kept, or it is broken: begin anew */ }
  state.at = Math.min(Math.max(state.at, 0), Math.max(data.pairs.length - 1, 0));
}

function lines(parent, texts, language) {
  parent.replaceChildren(...texts.map((text) => {
    const line = document.createElement("p");
    line.dir = "auto";
    if (language) line.lang = language;
    line.textContent = text;
    return line;
  }));
}

function said(pair) {
  return pair.turns.map((turn) => {
    const line = document.createElement("p");
    const speaker = document.createElement("b");
    const words = document.createElement("span");
    speaker.textContent = turn.speaker + ": ";
    words.dir = "auto";
    if (pair.language) words.lang = pair.language;
    words.textContent = turn.text;
    line.append(speaker, words);
    return line;
  });
}

function show() {
  const pair = data.pairs[state.at];
  const vote = state.votes[pair.id] || { choice: "", reasons: [] };
  byId("call").replaceChildren(...said(pair));
  byId("call").scrollTop = 0;
  lines(byId("left"), pair.left, pair.language);
  lines(byId("right"), pair.right, pair.language);
  for (const one of document.querySelectorAll("input[name=choice]")) one.checked = one.value === vote.choice;
  for (const one of document.querySelectorAll("input[name=reason]")) one.checked = vote.reasons.includes(one.value);
  byId("back").disabled = state.at === 0;
  byId("next").disabled = state.at === data.pairs.length - 1;
  progress();
  since = Date.now();
}

function progress() {
  const done = Object.keys(state.votes).length;
  byId("done").max = data.pairs.length;
  byId("done").value = done;
  byId("where").textContent =
    "Pair " + (state.at + 1) + " of " + data.pairs.length + ", " + done + " judged";
}

function note() {
  const chosen = document.querySelector("input[name=choice]:checked");
  const pair = data.pairs[state.at];
  if (!chosen || !pair) return;
  const before = state.votes[pair.id];
  state.votes[pair.id] = {
    choice: chosen.value,
    reasons: [...document.querySelectorAll("input[name=reason]:checked")].map((one) => one.value),
    seconds: (before ? before.seconds : 0) + Math.round((Date.now() - since) / 1000),
  };
  since = Date.now();
  remember();
  progress();
}

function go(step) {
  const to = state.at + step;
  if (to < 0 || to >= data.pairs.length) return;
  state.at = to;
  remember();
  show();
  byId("call").focus();
}

function download() {
  const reader = byId("reader").value.trim();
  if (!reader) { byId("kept").textContent = "Choose a name for yourself first."; byId("reader").focus(); return; }
  const votes = data.pairs.filter((pair) => state.votes[pair.id])
    .map((pair) => ({ pair: pair.id, ...state.votes[pair.id] }));
  const text = JSON.stringify({ comparison: data.comparison, reader, votes }, null, 2) + "\\n";
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = "votes.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  byId("kept").textContent = votes.length + " votes in votes.json.";
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.type === "text") return;
  const choice = { 1: "left", 2: "right", 3: "tie", 4: "both_bad" }[event.key];
  if (choice) {
    document.querySelector("input[name=choice][value=" + choice + "]").checked = true;
    note();
  } else if (event.key === "n") go(1);
  else if (event.key === "p") go(-1);
  else return;
  event.preventDefault();
});

recall();
byId("reader").value = state.reader;
byId("reader").addEventListener("input", () => { state.reader = byId("reader").value; remember(); });
for (const one of document.querySelectorAll("input[name=choice], input[name=reason]"))
  one.addEventListener("change", note);
byId("back").addEventListener("click", () => go(-1));
byId("next").addEventListener("click", () => go(1));
byId("download").addEventListener("click", download);
if (data.pairs.length) show(); else byId("where").textContent = "There is nothing to judge.";
"""

CHOICES = {"left": "Left is better", "right": "Right is better", "tie": "Equally good", "both_bad": "Both are bad"}
REASONS = {
    "complete": "more of what matters",
    "wrong": "the other says something wrong",
    "clear": "easier to read",
    "short": "shorter",
    "owner": "right about who does what",
    "language": "better language",
}

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Which summary is better?</title>
<style>{style}</style>
</head>
<body>
<main>
<h1>Which summary is better?</h1>
<p>Read the call, then both summaries. Two systems wrote them; which one stands where changes from pair to pair.</p>
<p id="where" role="status"></p>
<progress id="done" value="0" max="1" aria-label="pairs judged"></progress>
<h2 id="said">The call</h2>
<div id="call" class="box" tabindex="0" role="region" aria-labelledby="said"></div>
<div class="both">
<section class="box" aria-labelledby="heading-left"><h2 id="heading-left">Left</h2><div id="left"></div></section>
<section class="box" aria-labelledby="heading-right"><h2 id="heading-right">Right</h2><div id="right"></div></section>
</div>
<fieldset><legend>Your choice (keys 1 to 4)</legend>{choices}</fieldset>
<fieldset><legend>Why (as many as you like)</legend>{reasons}</fieldset>
<div class="row">
<button type="button" id="back">Previous (p)</button>
<button type="button" id="next">Next (n)</button>
</div>
<div class="row">
<label>A name for you, not your own <input type="text" id="reader" maxlength="40" autocomplete="off"></label>
<button type="button" id="download">Download votes.json</button>
</div>
<p id="kept" role="status"></p>
<noscript><p>This page needs its script; it asks no other machine for anything.</p></noscript>
</main>
<script type="application/json" id="pairs">{data}</script>
<script>{script}</script>
</body>
</html>
"""


def page(seen: Mapping[str, Any]) -> str:
    """HTML with everything in it."""
    return PAGE.format(
        policy=f"default-src 'none'; script-src '{_hash(SCRIPT)}'; style-src '{_hash(STYLE)}'; "
        "base-uri 'none'; form-action 'none'",
        style=STYLE,
        script=SCRIPT,
        choices="".join(_input("radio", "choice", *one) for one in CHOICES.items()),
        reasons="".join(_input("checkbox", "reason", *one) for one in REASONS.items()),
        data=_in_script(seen),
    )


def _input(kind: str, name: str, value: str, label: str) -> str:
    return f'<label><input type="{kind}" name="{name}" value="{value}"> {label}</label>'


def _in_script(value: object) -> str:
    """JSON without a character that could end the block or begin a comment in it."""
    text = json.dumps(value, ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
