// The line to the PBX: registers, stays registered, notices a dead connection and comes back by itself.
// SIP over WebSocket is RFC 7118; JsSIP speaks it.
import { UA, WebSocketInterface } from "../../vendor/jssip.min.js";

/** Seconds of a registration; JsSIP renews it at about half of that. */
const REGISTERED_FOR = 120;
/** The PBX asks every 5 s whether the phone is there: a connection that is silent for longer is dead. */
const SILENT_AFTER = 13000;
const FIRST_RETRY = 300;
const LONGEST_RETRY = 5000;

class WatchedSocket extends WebSocketInterface {
  heard = 0;

  _onOpen() {
    this.heard = Date.now();
    super._onOpen();
  }

  _onMessage(event) {
    this.heard = Date.now();
    super._onMessage(event);
  }

  /** Give a connection up that says nothing any more; JsSIP then makes a new one. */
  giveUp() {
    this.disconnect();
    this.ondisconnect(true, 4000, "silent");
  }
}

/**
 * A phone's line. Events: "connected"; "registered"; "lost" (detail: "network" or "refused"); "incoming" (detail: the
 * JsSIP session).
 */
export class Line extends EventTarget {
  #ua = null;
  #socket = null;
  #watch = null;
  #retry = null;
  #pause = FIRST_RETRY;

  #registers;

  /**
   * @param {{url: string, user: string, secret: string, realm: string}} key as the console gave it
   * @param {{registers?: boolean}} options false for a telephone that only calls
   */
  constructor(key, { registers = true } = {}) {
    super();
    this.key = key;
    this.#registers = registers;
  }

  /** Whether the PBX knows now where this phone is. */
  get registered() {
    return this.#ua?.isRegistered() ?? false;
  }

  /** Connect and register; goes on until `stop`. */
  start() {
    const { url, user, secret, realm } = this.key;
    this.#socket = new WatchedSocket(url);
    this.#ua = new UA({
      sockets: [this.#socket],
      uri: `sip:${user}@${realm}`,
      authorization_user: user,
      password: secret,
      register: this.#registers,
      register_expires: REGISTERED_FOR,
      session_timers: false,
      connection_recovery_min_interval: 1,
      connection_recovery_max_interval: 4,
      user_agent: "hotline",
    });
    this.#ua.on("connected", () => this.#tell("connected"));
    this.#ua.on("registered", () => {
      this.#pause = FIRST_RETRY;
      this.#tell("registered");
    });
    this.#ua.on("disconnected", () => {
      clearTimeout(this.#retry);
      this.#tell("lost", "network");
    });
    this.#ua.on("registrationFailed", ({ response }) => this.#failed(response));
    this.#ua.on("newRTCSession", ({ originator, session }) => {
      if (originator === "remote") this.#tell("incoming", session);
    });
    this.#ua.start();
    this.#watch = setInterval(() => this.#look(), 1000);
  }

  #failed(response) {
    const refused = response !== null && [401, 403, 404].includes(response.status_code);
    this.#tell("lost", refused ? "refused" : "network");
    // The key may not have reached the PBX yet, or the PBX has started anew and is given it in a moment.
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#ua?.isConnected() && this.#ua.register(), this.#pause);
    this.#pause = Math.min(this.#pause * 1.6, LONGEST_RETRY);
  }

  #look() {
    const silent = this.#socket.isConnected() && Date.now() - this.#socket.heard > SILENT_AFTER;
    if (silent && this.registered) this.#socket.giveUp();
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  /** Call a number of the PBX; gives the JsSIP session. */
  call(number, stream, handlers = {}) {
    return this.#ua.call(`sip:${number}@${this.key.realm}`, {
      mediaStream: stream,
      pcConfig: { iceServers: [] },
      rtcOfferConstraints: { offerToReceiveAudio: true, offerToReceiveVideo: false },
      eventHandlers: handlers,
    });
  }

  /** Unregister and end what is up. */
  stop() {
    clearInterval(this.#watch);
    clearTimeout(this.#retry);
    const ua = this.#ua;
    this.#ua = null;
    ua?.removeAllListeners();
    ua?.stop();
  }
}
