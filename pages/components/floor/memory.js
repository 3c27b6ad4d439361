// What this browser remembers for its viewer: the filters of last time, whose queues are theirs, and that the page is known.

const MEMORY = "floorwalker.live"
const FILTERS = ["channel", "queue", "bot", "workstream", "state", "sentiment", "unclaimed", "text", "window", "shift"]

class Memory {
  constructor() {
    try {
      this.kept = JSON.parse(localStorage.getItem(MEMORY)) ?? {}
    } catch {
      this.kept = {} // storage may be closed to us, or hold something else
    }
  }

  keep(name, value) {
    this.kept[name] = value
    try {
      localStorage.setItem(MEMORY, JSON.stringify(this.kept))
    } catch {
      // a browser that keeps nothing still shows the page
    }
  }

  myQueues() {
    return Array.isArray(this.kept.queues) ? this.kept.queues.filter((name) => typeof name === "string") : []
  }

  setMyQueue(name, isMine) {
    const others = this.myQueues().filter((queue) => queue !== name)
    this.keep("queues", isMine ? [...others, name] : others)
  }

  // An address that names a filter is meant as it stands.
  lastFilters() {
    const asked = new URLSearchParams(location.search)
    const last = this.kept.filters
    if (FILTERS.some((name) => asked.has(name)) || !last || typeof last !== "object") return null
    return Object.keys(last).length ? last : null
  }
}
