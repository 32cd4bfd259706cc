// Renders one card with Microsoft's renderer and reports what a person would stumble over. Called by demo/pictures.py with
// {card, hostConfig, version}; returns {problems, overflows, cut, unlabelled, height}.
"use strict";

const BLOCK_END = "\n";

// The part of markdown that Teams knows: bold, italic, links, lists. Everything else stays as it was typed.
function teamsMarkdown(text) {
  const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const inline = (line) =>
    line
      .replace(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2">$1</a>')
      .replace(/(^|[^\\*])\*\*([^*\n]+)\*\*/g, "$1<b>$2</b>")
      .replace(/(^|[^\\_\w])_([^_\n]+)_(?!\w)/g, "$1<i>$2</i>")
      .replace(/(^|[^\\*])\*([^*\n]+)\*/g, "$1<i>$2</i>")
      .replace(/\\([\\`*_{}[\]()#+.!~|<>-])/g, "$1");
  return escaped
    .split(/\n\n|\r/)
    .map((block) => {
      const lines = block.split(BLOCK_END);
      if (lines.every((line) => /^\s*[-*] /.test(line))) {
        return "<ul>" + lines.map((line) => `<li>${inline(line.replace(/^\s*[-*] /, ""))}</li>`).join("") + "</ul>";
      }
      return `<p>${lines.map(inline).join("<br>")}</p>`;
    })
    .join("");
}

AdaptiveCards.AdaptiveCard.onProcessMarkdown = (text, result) => {
  result.outputHtml = teamsMarkdown(text);
  result.didProcess = true;
};

function name(element) {
  const text = (element.innerText || element.getAttribute("aria-label") || element.className || element.tagName).trim();
  return text.slice(0, 60).replace(/\s+/g, " ");
}

// What sticks out of the card sideways, and text that was cut off to make it fit.
function measure(root) {
  const edge = root.getBoundingClientRect().right + 0.5;
  const overflows = [];
  const cut = [];
  const clipped = (element) => {
    for (let up = element; up && up !== root; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true;
    }
    return false;
  };
  for (const element of root.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || ["INPUT", "SELECT", "OPTION"].includes(element.tagName)) continue;
    const sticksOut = box.right > edge;
    // What holds no text of its own is too wide only by what it holds: a card that unfolds bleeds into its padding.
    const hasText = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const tooWide =
      hasText && element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).display !== "inline";
    if (sticksOut || tooWide) (clipped(element) ? cut : overflows).push(name(element));
  }
  return { overflows: [...new Set(overflows)], cut: [...new Set(cut)] };
}

function renderCard({ card, hostConfig, version, open }) {
  const place = document.getElementById("card");
  place.replaceChildren();
  const context = new AdaptiveCards.SerializationContext(AdaptiveCards.Version.parse(version, new AdaptiveCards.SerializationContext()));
  // The renderer's pattern for "lang" is global and so remembers where its last match ended: every second card would fail.
  AdaptiveCards.AdaptiveCard.langProperty.regEx.lastIndex = 0;
  const rendered = new AdaptiveCards.AdaptiveCard();
  rendered.hostConfig = new AdaptiveCards.HostConfig(hostConfig);
  rendered.parse(card, context);
  const problems = [];
  for (let i = 0; i < context.eventCount; i++) problems.push(context.getEventAt(i).message);
  for (const failure of rendered.validateProperties().validationEvents) problems.push(failure.message);
  const element = rendered.render();
  if (!element) return { problems: [...problems, "nothing was rendered"], overflows: [], cut: [], unlabelled: [], height: 0 };
  place.append(element);
  if (open) {
    // ShowCards one after the other: each is as wide as the card, so the last one open stands for all of them.
    for (const button of place.querySelectorAll(".ac-pushButton.expandable")) button.click();
  }
  const unlabelled = rendered.getAllInputs(true).filter((input) => !input.label).map((input) => input.id || "(no id)");
  return { problems, ...measure(place), unlabelled, height: Math.ceil(place.getBoundingClientRect().height) };
}
