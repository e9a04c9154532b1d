// How well a call was heard: the browser's own counts (https://www.w3.org/TR/webrtc-stats/), every ten seconds
// and at the end, so that a page that is killed leaves something behind.
const EVERY = 10000;

/** Read the counts of a connection: packets, loss, jitter and round trip in milliseconds, codec. */
export async function counts(connection) {
  const found = { sent: 0, received: 0, lost: 0, lost_there: 0, jitter_ms: null, round_trip_ms: null, codec: "" };
  const codecs = {};
  let codec = "";
  for (const entry of (await connection.getStats()).values()) {
    if (entry.type === "codec") codecs[entry.id] = entry.mimeType;
    if (entry.kind !== "audio") continue;
    if (entry.type === "inbound-rtp") {
      found.received = entry.packetsReceived ?? 0;
      found.lost = Math.max(0, entry.packetsLost ?? 0);
      found.jitter_ms = milliseconds(entry.jitter);
      found.bytes_received = entry.bytesReceived ?? 0;
      found.energy = entry.totalAudioEnergy ?? 0;
      codec = entry.codecId ?? codec;
    } else if (entry.type === "outbound-rtp") {
      found.sent = entry.packetsSent ?? 0;
      found.bytes_sent = entry.bytesSent ?? 0;
      codec ||= entry.codecId ?? "";
    } else if (entry.type === "remote-inbound-rtp") {
      found.lost_there = Math.max(0, entry.packetsLost ?? 0);
      found.round_trip_ms = milliseconds(entry.roundTripTime);
    }
  }
  found.codec = (codecs[codec] ?? "").replace("audio/", "").slice(0, 20);
  return found;
}

const milliseconds = (seconds) => (seconds === undefined ? null : Math.round(seconds * 10000) / 10);

/** Follows one answered call; `report` is given the counts with the leg's name and the seconds talked. */
export class Quality {
  #latest = null;
  #timer;
  #peek;
  #began = Date.now();

  constructor(connection, report) {
    this.connection = connection;
    this.report = report;
    this.leg = crypto.randomUUID();
    this.#timer = setInterval(() => this.#look(), EVERY);
    this.#peek = setInterval(() => this.#read(), 1000); // at the end there is no time to ask
    this.#read();
  }

  async #read() {
    this.#latest = await counts(this.connection).catch(() => this.#latest);
  }

  async #look() {
    await this.#read();
    this.#tell(false);
  }

  #tell(over) {
    if (!this.#latest) return;
    const seconds = Math.round((Date.now() - this.#began) / 100) / 10;
    this.report({ leg: this.leg, seconds, over, ...this.#latest });
  }

  /** The call is over: the counts of the last second are told, at once, since the page may be closing. */
  end() {
    clearInterval(this.#timer);
    clearInterval(this.#peek);
    this.#tell(true);
  }
}
