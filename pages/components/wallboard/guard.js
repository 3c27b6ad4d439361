// The guard: nobody stands before the screen who could press a key. Where the wall cannot see for long, whatever has become of the
// page around it, the page is loaded anew; and only when the server answers, since a browser's own error page would not come back.

const GUARD = { everyMs: 5000, patienceMs: 60000, mostMs: 15 * 60000, wellMs: 120000, atMostMs: 10000 }
const RELOADS_KEPT = "floorwalker.wallboard.reloads"

class Guard {
  constructor() {
    this.path = location.pathname
    this.blindMs = 0
    this.wellMs = 0
    this.isWell = false
    this.timer = setInterval(() => this.check(), GUARD.everyMs)
  }

  // Each is told when the wall is drawn, a second apart at most; what is not told within a check counts as blind.
  tell(isWell) {
    this.isWell = isWell
  }

  // Ticks are counted, not hours: a computer that slept through the night has not been blind for one.
  check() {
    if (location.pathname !== this.path) return this.stop()
    this.wellMs = this.isWell ? this.wellMs + GUARD.everyMs : 0
    this.blindMs = this.isWell ? 0 : this.blindMs + GUARD.everyMs
    this.isWell = false
    if (this.wellMs >= GUARD.wellMs) sessionStorage.removeItem(RELOADS_KEPT)
    if (this.blindMs >= this.patience() && !this.asking) this.asking = this.reload()
  }

  // Each time twice as long, so that a server in trouble is not kept there by its screens.
  patience() {
    return Math.min(GUARD.mostMs, GUARD.patienceMs * 2 ** this.reloads())
  }

  reloads() {
    return Number(sessionStorage.getItem(RELOADS_KEPT)) || 0
  }

  async reload() {
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(GUARD.atMostMs) })
      if (!answer.ok || location.pathname !== this.path) return
      sessionStorage.setItem(RELOADS_KEPT, this.reloads() + 1)
      location.reload()
    } catch {
      // not reachable: the next check asks again
    } finally {
      this.asking = null
    }
  }

  stop() {
    clearInterval(this.timer)
    if (window.floorwalkerGuard === this) delete window.floorwalkerGuard
  }
}

// One for the window: it outlives the component, which goes when the page around it fails.
function guard() {
  window.floorwalkerGuard ??= new Guard()
  return window.floorwalkerGuard
}
