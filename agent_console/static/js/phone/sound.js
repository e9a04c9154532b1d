// Microphone and speaker: opened, chosen, remembered in this browser, and their levels.
const KEPT = { microphone: "hotline-microphone", speaker: "hotline-speaker" };

/** What is asked of a microphone; the browser's own echo and noise treatment is good, so it is used. */
const WANTED = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

/** Why there is no microphone, as the words that "trouble" gives. */
const REASONS = {
  NotAllowedError: "microphone_denied",
  SecurityError: "microphone_denied",
  NotFoundError: "microphone_missing",
  OverconstrainedError: "microphone_missing",
  NotReadableError: "microphone_busy",
  AbortError: "microphone_busy",
};

/** A microphone that cannot be had; `word` says why. */
export class NoMicrophone extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

function kept(what) {
  try {
    return localStorage.getItem(KEPT[what]) || "";
  } catch {
    return ""; // storage is switched off: then nothing is remembered
  }
}

function keep(what, id) {
  try {
    localStorage.setItem(KEPT[what], id);
  } catch {
    // not remembered, but used
  }
}

/**
 * The sound of one page. Events: "microphone" (another one is used now: detail is its track),
 * "microphone_lost" (unplugged), "devices" (the lists have changed).
 */
export class Sound extends EventTarget {
  #stream = null;
  #player = new Audio();
  #context = null;
  #meters = {};

  constructor() {
    super();
    this.#player.autoplay = true;
    navigator.mediaDevices?.addEventListener("devicechange", () => this.dispatchEvent(new Event("devices")));
  }

  /** The open microphone's stream; null while there is none. */
  get stream() {
    return this.#stream;
  }

  /** The context of meters and tones; one for the page. */
  get context() {
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") this.#context.resume().catch(() => {});
    return this.#context;
  }

  /** Open the chosen microphone, or any where that one is not there. Throws NoMicrophone. */
  async open() {
    if (!navigator.mediaDevices?.getUserMedia) throw new NoMicrophone("not_secure");
    const chosen = kept("microphone");
    let stream;
    try {
      stream = await ask(chosen ? { ...WANTED, deviceId: { exact: chosen } } : WANTED);
    } catch (error) {
      if (!chosen || error.word !== "microphone_missing") throw error;
      stream = await ask(WANTED);
    }
    this.#use(stream);
    const speaker = kept("speaker");
    if (speaker) await this.#speakThrough(speaker).catch(() => {});
  }

  #use(stream) {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = stream;
    const [track] = stream.getAudioTracks();
    track.addEventListener("ended", () => track === this.#stream?.getAudioTracks()[0] && this.#lost());
    this.#meter("mine", stream);
    this.dispatchEvent(new CustomEvent("microphone", { detail: track }));
  }

  #lost() {
    this.#stream = null;
    this.dispatchEvent(new Event("microphone_lost"));
  }

  /** Let go of the microphone. */
  close() {
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#stream = null;
    this.silence();
    this.#context?.close().catch(() => {});
    this.#context = null;
    this.#meters = {};
  }

  /** What can be chosen: [{id, name, chosen}]; names are there once a microphone was allowed. */
  microphones() {
    const inUse = this.#stream?.getAudioTracks()[0]?.getSettings().deviceId;
    return this.#list("audioinput", inUse ?? kept("microphone"));
  }

  /** What can be chosen; empty in browsers that let no page choose (Firefox before 116, Safari). */
  async speakers() {
    if (!("setSinkId" in HTMLMediaElement.prototype)) return [];
    return this.#list("audiooutput", kept("speaker") || "default");
  }

  async #list(kind, chosen) {
    const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
    return devices
      .filter((device) => device.kind === kind && device.deviceId)
      .map((device) => ({ id: device.deviceId, name: device.label, chosen: device.deviceId === chosen }));
  }

  /** Use this microphone from now on, also in a call that is up. Throws NoMicrophone. */
  async useMicrophone(id) {
    const stream = await ask({ ...WANTED, deviceId: { exact: id } });
    keep("microphone", id);
    this.#use(stream);
  }

  /** Hear through this speaker from now on. */
  async useSpeaker(id) {
    await this.#speakThrough(id);
    keep("speaker", id);
  }

  async #speakThrough(id) {
    await this.#player.setSinkId(id);
    await this.#context?.setSinkId?.(id === "default" ? "" : id);
  }

  /** Let the other side be heard. */
  hear(stream) {
    this.#player.srcObject = stream;
    this.#player.play().catch(() => this.dispatchEvent(new Event("blocked")));
    this.#meter("theirs", stream);
  }

  /** Nobody is to be heard any more. */
  silence() {
    this.#player.srcObject = null;
    delete this.#meters.theirs;
  }

  #meter(side, stream) {
    const analyser = this.context.createAnalyser();
    analyser.fftSize = 1024;
    this.context.createMediaStreamSource(stream).connect(analyser);
    this.#meters[side] = { analyser, samples: new Float32Array(analyser.fftSize) };
  }

  /** How loud a side is now, "mine" or "theirs": 0 (nothing, below −60 dB) to 1 (as loud as can be). */
  level(side) {
    const meter = this.#meters[side];
    if (!meter) return 0;
    meter.analyser.getFloatTimeDomainData(meter.samples);
    const power = meter.samples.reduce((sum, sample) => sum + sample * sample, 0) / meter.samples.length;
    return Math.min(1, Math.max(0, 1 + Math.log10(power + 1e-12) / 6));
  }
}

async function ask(audio) {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio, video: false });
  } catch (error) {
    throw new NoMicrophone(REASONS[error.name] ?? "microphone_missing");
  }
}
