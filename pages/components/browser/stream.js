// The connection: one WebSocket that comes back by itself and says what it is doing. Where it cannot be opened, or stays broken,
// and there is an address to ask, that is asked every few seconds until it stands again.

// After a restart nobody should be blind for long; to be asked by 500 viewers every few seconds costs a server little.
const RETRY = { firstMs: 400, mostMs: 4000 }
// Three beats missed: the line is dead even if the browser has not noticed.
const SILENT_MS = 16000
// Two beats missed are enough for a page somebody has just come back to.
const STALE_ON_WAKE_MS = 11000
const ASK = { afterMs: 3000, everyMs: 3000, atMostMs: 10000 }
const CLOSED_EXPIRED = 4401
const CLOSED_REFUSED = 4403

class Stream {
  constructor({ onMessage, onState, askForToken }) {
    this.onMessage = onMessage
    this.onState = onState
    this.askForToken = askForToken
    this.attempt = 0
    this.heardMs = 0
    this.offsetMs = 0
    this.lostMs = 0
    this.wake = () => {
      if (document.visibilityState !== "visible") return
      if (this.isOpen() && Date.now() - this.heardMs > STALE_ON_WAKE_MS) this.drop()
      if (!this.isOpen()) this.retryNow()
    }
    document.addEventListener("visibilitychange", this.wake)
    window.addEventListener("online", this.wake)
  }

  // A new token comes with every run of the page; an open stream takes it over, a refused one tries again with it.
  use(path, token, askPath) {
    const isNew = token !== this.token
    this.path = path
    this.askPath = askPath
    this.token = token
    if (!this.socket && !this.timer) this.connect()
    else if (isNew && this.isOpen()) this.socket.send(JSON.stringify({ type: "token", token }))
    else if (isNew && this.needsToken) this.retryNow()
  }

  isOpen() {
    return this.socket?.readyState === WebSocket.OPEN
  }

  retryNow() {
    if (this.socket) return
    clearTimeout(this.timer)
    this.connect()
  }

  connect() {
    this.timer = null
    this.needsToken = false
    const url = new URL(this.path, document.baseURI)
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:"
    this.heardMs = Date.now()
    let socket
    try {
      socket = new WebSocket(url)
    } catch {
      return this.lost(0) // a policy of the page's may forbid it
    }
    this.socket = socket
    socket.onopen = () => socket.send(JSON.stringify({ type: "hello", token: this.token, epoch: this.epoch, number: this.number }))
    socket.onmessage = (event) => this.take(JSON.parse(event.data))
    socket.onclose = (event) => {
      if (this.socket === socket) this.lost(event.code)
    }
  }

  take(message) {
    this.heardMs = Date.now()
    if (message.now_ms) this.offsetMs = message.now_ms - Date.now()
    if (message.expires_in_ms) this.planRenewal(message.expires_in_ms)
    if (message.type === "hello") this.enter(message.epoch)
    this.isAsking = false
    if (message.number !== undefined) this.number = message.number
    if (message.type === "snapshot" || message.type === "delta") this.attempt = 0
    this.lostMs = 0
    this.onState("open")
    this.onMessage(message)
  }

  // A number of another epoch means nothing in this one: with it, what a server had told before it would never be told here.
  enter(epoch) {
    if (epoch !== this.epoch) this.number = undefined
    this.epoch = epoch
  }

  // Ask well before the grant ends, and not all viewers at once.
  planRenewal(leftMs) {
    const isDue = leftMs < 4 * 60 * 1000 && Date.now() - (this.askedMs ?? 0) > 60 * 1000
    if (isDue && Math.random() < 0.2) this.ask()
  }

  ask() {
    this.askedMs = Date.now()
    this.askForToken()
  }

  lost(code) {
    this.socket = null
    this.lostMs ||= Date.now()
    this.onState(this.isAsking ? "asking" : "lost")
    if (code === CLOSED_EXPIRED || code === CLOSED_REFUSED) {
      this.needsToken = true
      this.ask()
    }
    const most = Math.min(RETRY.mostMs, RETRY.firstMs * 2 ** this.attempt)
    this.attempt += 1
    this.timer = setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2))
  }

  check() {
    if (this.socket && Date.now() - this.heardMs >= SILENT_MS) this.drop()
    if (!this.askPath || !this.lostMs || Date.now() - this.lostMs < ASK.afterMs) return
    if (!this.asking && Date.now() - (this.askedForMs ?? 0) >= ASK.everyMs) this.asking = this.askOnce()
  }

  drop() {
    const socket = this.socket
    this.socket = null
    socket.onclose = null
    socket.close()
    this.lost(0)
  }

  // What the stream would have told, in one answer.
  async askOnce() {
    this.askedForMs = Date.now()
    try {
      const url = new URL(this.askPath, document.baseURI)
      if (this.epoch) url.searchParams.set("epoch", this.epoch)
      if (this.number !== undefined) url.searchParams.set("number", this.number)
      const signal = AbortSignal.timeout(ASK.atMostMs)
      const answer = await fetch(url, { headers: { Authorization: `Bearer ${this.token}` }, cache: "no-store", signal })
      if (answer.status === 401 || answer.status === 403) this.ask()
      if (!answer.ok) throw new Error(`answered ${answer.status}`)
      this.hear(await answer.json())
    } catch {
      this.isAsking = false
      if (this.lostMs) this.onState("lost")
    } finally {
      this.asking = null
    }
  }

  hear(answer) {
    if (!this.lostMs) return // the stream stands again, and has told all of it
    this.isAsking = true
    this.enter(answer.epoch)
    this.offsetMs = answer.now_ms - Date.now()
    this.planRenewal(answer.expires_in_ms)
    if (answer.message) this.number = answer.message.number
    this.onState("asking")
    this.onMessage({ ...answer.message, checked_ms: answer.checked_ms })
  }

  nowMs() {
    return Date.now() + this.offsetMs
  }

  close() {
    document.removeEventListener("visibilitychange", this.wake)
    window.removeEventListener("online", this.wake)
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close()
  }
}
