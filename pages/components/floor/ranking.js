// Which rows pass the filter, in order of need; a change moves what changed and leaves the rest where it is.

class Ranking {
  constructor() {
    this.list = []
    this.held = new Map()
  }

  get size() {
    return this.list.length
  }

  reset(rows, filter) {
    this.list = [...rows.values()].filter((payload) => passes(payload, filter)).sort(byNeed)
    this.held = new Map(this.list.map((payload) => [payload.key, payload]))
  }

  put(key, payload, filter) {
    const old = this.held.get(key)
    if (old) {
      this.list.splice(this.place(old), 1)
      this.held.delete(key)
    }
    if (!payload || !passes(payload, filter)) return
    this.list.splice(this.place(payload), 0, payload)
    this.held.set(key, payload)
  }

  // The order is total, so a payload that is in the list is found exactly.
  place(payload) {
    let [low, high] = [0, this.list.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (byNeed(this.list[middle], payload) < 0) low = middle + 1
      else high = middle
    }
    return low
  }

  first(count) {
    return this.list.slice(0, count).map((payload) => payload.key)
  }
}

function byNeed(left, right) {
  return right.need - left.need || left.since_ms - right.since_ms || (left.key < right.key ? -1 : left.key > right.key ? 1 : 0)
}

function passes(payload, filter) {
  const among = (list, value) => !list?.length || list.includes(value)
  if (!among(filter.channel, payload.channel) || !among(filter.queue, payload.queue)) return false
  if (!among(filter.bot, payload.bot) || !among(filter.state, payload.state)) return false
  if (!among(filter.workstream, payload.workstream)) return false
  if (filter.rank != null && (payload.rank == null || payload.rank > filter.rank)) return false
  if (filter.unclaimed && payload.claimed_by) return false
  const text = (filter.text ?? "").trim().toLocaleLowerCase()
  if (!text) return true
  const where = [payload.customer, payload.id, payload.topic, payload.handler, payload.queue, payload.bot, payload.claimed_by, ...payload.reasons]
  return where.some((part) => part.toLocaleLowerCase().includes(text))
}

function isNarrow(filter) {
  return ["channel", "queue", "bot", "workstream", "state"].some((name) => filter[name]?.length) || filter.rank != null || Boolean(filter.unclaimed) || Boolean(filter.text?.trim())
}
