// One alert is said once, however many tabs of this browser are open: the tab that is looked at comes first.

const TOLD = "floorwalker.alerts.told"
const KEEP_TOLD_MS = 60 * 60 * 1000
const HIDDEN_WAITS_MS = 500

async function claimOnce(name) {
  if (document.visibilityState !== "visible") await new Promise((done) => setTimeout(done, HIDDEN_WAITS_MS))
  // Locks are there on https and on localhost; elsewhere two tabs may, rarely, both speak.
  return navigator.locks ? navigator.locks.request(TOLD, () => take(name)) : take(name)
}

function take(name) {
  let told = {}
  try {
    told = JSON.parse(readStored(TOLD) ?? "{}")
  } catch {
    told = {}
  }
  if (name in told) return false
  const nowMs = Date.now()
  for (const [old, atMs] of Object.entries(told)) if (nowMs - atMs > KEEP_TOLD_MS) delete told[old]
  told[name] = nowMs
  writeStored(TOLD, JSON.stringify(told))
  return true
}
