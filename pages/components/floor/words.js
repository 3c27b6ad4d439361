// What the page says in sentences: what it is, why nothing is shown, and that what is shown is old.

const OLD_MS = { late: 8000, lost: 60000 }

// Which of the empties it is, and what to do about it.
function emptyWords({ numOpen, sources, isFilling }) {
  if (numOpen > 0) {
    const are = numOpen === 1 ? "1 conversation is open" : `${numOpen} conversations are open`
    return { kind: "filter", title: "No open conversation matches the filters", advice: `${are}, and the filters hide ${numOpen === 1 ? "it" : "all of them"}.`, action: "Clear the filters" }
  }
  if (!sources.length && !isFilling) {
    return { kind: "source", title: "Nothing that can be read has come yet", advice: "Load transcripts, watch a folder, or let a bot report to this address; the Sources page shows how.", action: "Connect a source" }
  }
  if (isFilling) {
    return { kind: "filling", title: "The simulated floor is filling in its history", advice: "Conversations appear here when it has reached the present, in a minute or so.", action: "Look at the sources" }
  }
  if (sources.some((source) => source.is_catching_up)) {
    return { kind: "filling", title: "What comes now is still from the past", advice: "Older conversations are being loaded. Those that are open appear here when the present is reached.", action: "Look at the sources" }
  }
  return { kind: "calm", title: "Nothing is open right now", advice: "Conversations appear here the moment they begin. If some should be open, see on the Sources page when each source was last heard.", action: "Look at the sources" }
}

// What is wrong with the way from the server to here, in words and a band; nothing where all is well.
function connectionWords({ state, lostForMs, ageMs, checkedMs }) {
  const old = checkedMs ? `What you see is ${span(ageMs)} old.` : ""
  const band = ageMs > OLD_MS.lost ? "critical" : "at_risk"
  if (state === "asking") {
    if (ageMs > OLD_MS.late) return { text: `The floor is not being updated. ${old}`, band }
    return { text: "The live connection cannot be opened from here, so this page asks every 3 seconds instead.", band: "at_risk", isFresh: true }
  }
  // A blink of the line is not worth alarming anybody.
  if (state === "lost" && lostForMs > 1500) return { text: `${checkedMs ? "Connection lost" : "No connection yet"}, trying again. ${old}`, band }
  if (state === "open" && checkedMs && ageMs > OLD_MS.late) return { text: `The floor is not being updated. ${old}`, band }
  return null
}

class Welcome {
  constructor(root, memory) {
    const box = root.querySelector(".welcome")
    setHidden(box, Boolean(memory.kept.welcomed))
    box.querySelector("button").onclick = () => {
      memory.keep("welcomed", true)
      setHidden(box, true)
    }
  }
}
