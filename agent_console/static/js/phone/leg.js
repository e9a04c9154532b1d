// One call on the line: its audio both ways, its health, and its way back after a lost network.
import { Quality } from "./quality.js";

/** Milliseconds without media after which the call counts as over (the PBX ends its side after 10 s). */
const ENDED_AFTER = 12000;
/** Milliseconds after which new paths for the media are looked for. */
const RESTART_AFTER = 2000;
/** Host addresses are found at once; a gathering that hangs on one is not waited for. */
const GATHERING = 400;

/**
 * A call. Events: "up", "over" (detail: JsSIP's cause), "media" (detail: "lost" or "back").
 * @param {object} session of JsSIP
 * @param {import("./sound.js").Sound} sound of the page
 */
export class Leg extends EventTarget {
  #lostSince = null;
  #watch = null;
  #quality = null;
  #report;
  #gathering = null;

  constructor(session, sound, { report = null } = {}) {
    super();
    this.session = session;
    this.sound = sound;
    this.up = false;
    this.over = false;
    this.#report = report;
    session.on("peerconnection", ({ peerconnection }) => this.#follow(peerconnection));
    session.on("icecandidate", ({ ready }) => (this.#gathering ??= setTimeout(ready, GATHERING)));
    session.on("confirmed", () => this.#begin());
    session.on("ended", ({ cause }) => this.#end(cause));
    session.on("failed", ({ cause }) => this.#end(cause));
    if (session.connection) this.#follow(session.connection);
  }

  /** The browser's connection of the call's media; null before it is answered. */
  get connection() {
    return this.session.connection ?? null;
  }

  #follow(connection) {
    connection.addEventListener("track", ({ track, streams }) => {
      this.sound.hear(streams[0] ?? new MediaStream([track]));
    });
    connection.addEventListener("iceconnectionstatechange", () => this.#health(connection.iceConnectionState));
  }

  #health(state) {
    const lost = state === "disconnected" || state === "failed";
    if (lost === (this.#lostSince !== null)) return;
    this.#lostSince = lost ? Date.now() : null;
    this.dispatchEvent(new CustomEvent("media", { detail: lost ? "lost" : "back" }));
    clearInterval(this.#watch);
    this.#watch = lost ? setInterval(() => this.#without(), 500) : null;
  }

  #restarted = 0;

  /** The media are away: look for a new path, and give up in the end. */
  #without() {
    const away = Date.now() - this.#lostSince;
    if (away > ENDED_AFTER) this.hangUp();
    else if (away > RESTART_AFTER && this.#restarted < this.#lostSince) {
      this.#restarted = this.#lostSince;
      this.renew();
    }
  }

  #begin() {
    if (this.up || this.over) return;
    this.up = true;
    if (this.#report && this.connection) this.#quality = new Quality(this.connection, this.#report);
    this.dispatchEvent(new Event("up"));
  }

  #end(cause) {
    if (this.over) return;
    this.over = true;
    clearInterval(this.#watch);
    clearTimeout(this.#gathering);
    this.finish();
    this.sound.silence();
    this.dispatchEvent(new CustomEvent("over", { detail: cause }));
  }

  /** Tell the last counts; the page may be closing. */
  finish() {
    this.#quality?.end();
    this.#quality = null;
  }

  /** Answer with the page's microphone. */
  answer() {
    this.session.answer({ mediaStream: this.sound.stream, pcConfig: { iceServers: [] } });
  }

  /**
   * After the line is registered again: tell the PBX where this end of the call is now (re-INVITE). What
   * the PBX did meanwhile is learned so too: to a call that has ended it answers 481, and it is over here.
   */
  renew() {
    if (!this.up || this.over) return;
    this.#gathering = null;
    this.session.renegotiate({ rtcOfferConstraints: { iceRestart: this.#lostSince !== null } });
  }

  /** Send another microphone from now on. */
  async useTrack(track) {
    const sender = this.connection?.getSenders().find((each) => !each.track || each.track.kind === "audio");
    await sender?.replaceTrack(track);
  }

  /** Press keys of the telephone (RFC 4733). */
  press(keys) {
    this.session.sendDTMF(keys, { transportType: "RFC2833", duration: 120, interToneGap: 70 });
  }

  /** End it, whatever it stands at. */
  hangUp(options = {}) {
    if (this.over) return;
    try {
      this.session.terminate(options);
    } catch {
      this.#end("ended"); // it was ending by itself
    }
  }
}
