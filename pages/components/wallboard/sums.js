// What the wall shows of all rows that its link asks for: counts, the longest wait, the mean sentiment, and the neediest.

const NUM_NEEDIEST = 5
const WORSE_OF = ["normal", "at_risk", "critical"]

function isWanted(row, link) {
  const among = (list, value) => !list.length || list.includes(value)
  return among(link.queues, row.queue) && among(link.channels, row.channel)
}

function sumUp(rows, link) {
  const sums = { open: 0, with_bot: 0, with_agent: 0, waiting: 0, wrap_up: 0, critical: 0, at_risk: 0, scored: 0, total: 0, waits: [], neediest: [] }
  for (const row of rows.values()) {
    if (!isWanted(row, link)) continue
    sums.open += 1
    sums[row.state] += 1
    if (row.band in sums) sums[row.band] += 1
    if (row.sentiment != null) [sums.scored, sums.total] = [sums.scored + 1, sums.total + row.sentiment]
    if (row.state === "waiting") sums.waits.push(row)
    if (row.need > 0) keepNeediest(sums.neediest, row)
  }
  sums.sentiment = sums.scored ? sums.total / sums.scored : null
  return sums
}

// A few are kept in order; sorting thousands for five of them would be work for nothing.
function keepNeediest(neediest, row) {
  if (neediest.length === NUM_NEEDIEST && byNeed(neediest.at(-1), row) <= 0) return
  neediest.push(row)
  neediest.sort(byNeed)
  neediest.length = Math.min(neediest.length, NUM_NEEDIEST)
}

// Queues promise different things: the worst stands for all, as on the floor.
function waitsAt(waits, nowMs) {
  const since = waits.length ? Math.min(...waits.map((row) => row.since_ms)) : null
  const shares = waits.map((row) => (nowMs - row.since_ms) / 1000 / row.target_s)
  const band = shares.some((share) => share >= 2) ? "critical" : shares.some((share) => share >= 1) ? "at_risk" : "normal"
  return { since, band, over: shares.filter((share) => share >= 1).length }
}

// Limits are the operator's and known by queue; a part of a queue has none.
function standingBand(name, { figures, queues, link }) {
  if (link.channels.length) return "normal"
  if (!link.queues.length) return figures.bands?.[name] ?? "normal"
  const bands = link.queues.map((queue) => queues.get(queue)?.bands[name] ?? "normal")
  return WORSE_OF[Math.max(...bands.map((band) => WORSE_OF.indexOf(band)))]
}

function levelOf(sentiment) {
  const size = Math.abs(sentiment)
  const word = size > 0.6 ? "very " : size > 0.3 ? "" : size > 0.1 ? "slightly " : null
  return word === null ? "neutral" : `${word}${sentiment < 0 ? "negative" : "positive"}`
}
