// The connection: one WebSocket that comes back by itself and says what it is doing.

// After a restart nobody should be blind for long; to be asked by 500 viewers every few seconds costs a server little.
const RETRY = { firstMs: 400, mostMs: 4000 }
// Three beats missed: the line is dead even if the browser has not noticed.
const SILENT_MS = 16000
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
    this.wake = () => {
      if (document.visibilityState === "visible" && !this.isOpen()) this.retryNow()
    }
    document.addEventListener("visibilitychange", this.wake)
    window.addEventListener("online", this.wake)
  }

  // A new token comes with every run of the page; an open stream takes it over, a refused one tries again with it.
  use(path, token) {
    const isNew = token !== this.token
    this.path = path
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
    const socket = new WebSocket(url)
    this.socket = socket
    this.heardMs = Date.now()
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
    if (message.type === "hello") this.epoch = message.epoch
    if (message.number !== undefined) this.number = message.number
    if (message.type === "snapshot" || message.type === "delta") this.attempt = 0
    this.onState("open")
    this.onMessage(message)
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
    this.onState("lost")
    if (code === CLOSED_EXPIRED || code === CLOSED_REFUSED) {
      this.needsToken = true
      this.ask()
    }
    const most = Math.min(RETRY.mostMs, RETRY.firstMs * 2 ** this.attempt)
    this.attempt += 1
    this.timer = setTimeout(() => this.connect(), most * (0.5 + Math.random() / 2))
  }

  check() {
    if (!this.socket || Date.now() - this.heardMs < SILENT_MS) return
    const socket = this.socket
    this.socket = null
    socket.onclose = null
    socket.close()
    this.lost(0)
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
