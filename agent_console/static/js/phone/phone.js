// The agent's phone in the page. It registers for the session's person, rings, and is answered by `answer()`.
//
//   const phone = new Phone();
//   phone.addEventListener("change", () => draw(phone.state));
//   phone.addEventListener("trouble", ({ detail }) => say(words.phone_troubles[detail] ?? ""));
//   await phone.start();
//
// Events: "change"  the state is another one
//         "ringing" a call rings (the page shows it and calls `answer()`); detail: {test: boolean}
//         "ended"   the call is over; detail: {cause: string, test: boolean}
//         "quality" counts of the call that is up, every 10 s and at its end; detail: see quality.js
//         "trouble" something is wrong; detail: one of the words below, "" when it is right again
//
// Words of "trouble":
//   not_secure          the page was not opened over https (or on this machine): browsers give no microphone
//   microphone_denied   the browser may not use the microphone for this site
//   microphone_missing  there is no microphone
//   microphone_busy     another program keeps the microphone to itself
//   microphone_lost     the microphone was unplugged
//   no_browser_phone    this person has another kind of phone
//   console_away        the console does not answer
//   network             the connection to the PBX is lost; coming back by itself
//   refused             the PBX does not take the registration; trying again by itself
//   media_lost          in a call: no sound arrives; coming back by itself
//   other_page          the phone was opened in another page of this session; back when that one is closed
//   busy_elsewhere      another page of this browser is in a call with it; here when that one is closed
//   signed_out          the session has ended, here or by being taken over
//   sound_blocked       the browser lets this page make no sound before it is clicked
//
// Nothing here hangs up on a caller: the ways out of a call are commands of the desk.
import { keepCounts, newKey, NoKey, whyRefused } from "./console_door.js";
import { Leg } from "./leg.js";
import { Line } from "./line.js";
import { claim, whenFree } from "./one_page.js";
import { counts } from "./quality.js";
import { ring } from "./ring.js";
import { NoMicrophone, Sound } from "./sound.js";

const TEST_NUMBER = "echo";
/** A line that stays refused asks the console whether its key still counts. */
const ASK_AFTER_REFUSALS = 3;

export class Phone extends EventTarget {
  #sound = new Sound();
  #line = null;
  #leg = null;
  #test = null;
  #stopRinging = null;
  #state = "off";
  #trouble = "";
  #refusals = 0;
  #mark = "";
  #claim = null;
  #away = false;

  constructor() {
    super();
    this.#sound.addEventListener("microphone", ({ detail }) => this.#leg?.useTrack(detail));
    this.#sound.addEventListener("microphone_lost", () => this.#withoutMicrophone());
    this.#sound.addEventListener("devices", () => this.#devicesChanged());
    this.#sound.addEventListener("blocked", () => this.#say("sound_blocked"));
    addEventListener("beforeunload", (event) => {
      if (this.#leg?.up && !this.testing) event.preventDefault(); // the browser asks: the caller would be cut off
    });
    addEventListener("session-ended", () => this.#end("signed_out"));
    addEventListener("pagehide", () => {
      this.#leg?.finish();
      this.#line?.stop();
      this.#claim?.();
    });
  }

  /** "off", "connecting", "registered", "lost", "ringing" or "in_call" (also in the test call). */
  get state() {
    return this.#state;
  }

  /** What is wrong now, as one of the words above; "" when nothing is. */
  get trouble() {
    return this.#trouble;
  }

  /** Whether the call that is up is the test call. */
  get testing() {
    return this.#test !== null && this.#leg === this.#test;
  }

  /**
   * Open the microphone, get the session's key and register; again after a trouble that ended it. Without
   * a microphone nothing is registered: a phone nobody can speak into is offered no calls.
   */
  async start() {
    if (this.#state !== "off") return;
    this.#set("connecting");
    this.#say("");
    try {
      this.#claim ??= await claim(() => this.#leg !== null && !this.testing, () => this.#end("other_page"));
      if (!this.#claim) return this.#end("busy_elsewhere");
      await this.#sound.open();
      const key = await newKey();
      this.#mark = key.mark;
      this.#connect(key);
    } catch (error) {
      this.#end(error instanceof NoMicrophone || error instanceof NoKey ? error.word : "console_away");
      if (!(error instanceof NoMicrophone || error instanceof NoKey)) console.error(error);
      this.#tryLater();
    }
  }

  /** Unregister, end what is up, let go of the microphone. */
  stop() {
    this.#end("");
  }

  /** Answer the call that rings; false when none does. */
  answer() {
    if (this.#state !== "ringing" || this.#leg === null) return false;
    this.#quiet();
    this.#leg.answer();
    this.#set("in_call");
    return true;
  }

  /** Call oneself: a sentence, then everything said comes back. It ends by itself after a minute. */
  testCall() {
    if (this.#state !== "registered") return false;
    const session = this.#line.call(TEST_NUMBER, this.#sound.stream);
    this.#test = new Leg(session, this.#sound);
    this.#take(this.#test);
    this.#set("in_call");
    return true;
  }

  /** End the test call; any other call stays as it is. */
  endTest() {
    if (this.testing) this.#leg.hangUp();
  }

  /** The counts of the media of the call that is up, see quality.js; null without one. */
  async counts() {
    return this.#leg?.connection ? counts(this.#leg.connection) : null;
  }

  /** [{id, name, chosen}] of the microphones there are. */
  microphones() {
    return this.#sound.microphones();
  }

  /** [{id, name, chosen}] of the speakers there are; empty where the browser lets no page choose. */
  speakers() {
    return this.#sound.speakers();
  }

  /** Use this microphone from now on, also in a call, and remember it in this browser. */
  useMicrophone(id) {
    return this.#sound.useMicrophone(id);
  }

  /** Hear through this speaker from now on, and remember it in this browser. */
  useSpeaker(id) {
    return this.#sound.useSpeaker(id);
  }

  /** The page's one AudioContext, which sounds through the chosen speaker. */
  get audioContext() {
    return this.#sound.context;
  }

  /** How loud it is now, 0 to 1: "mine" at the microphone, "theirs" of the other side. */
  level(side = "mine") {
    return this.#sound.level(side);
  }

  #connect(key) {
    if (this.#state === "off") return; // stopped meanwhile
    this.#line = new Line(key);
    this.#line.addEventListener("registered", () => this.#registered());
    this.#line.addEventListener("lost", ({ detail }) => this.#lost(detail));
    this.#line.addEventListener("incoming", ({ detail }) => this.#incoming(detail));
    this.#line.start();
  }

  #registered() {
    this.#refusals = 0;
    this.#say("");
    if (this.#away) this.#leg?.renew();
    this.#away = false;
    if (this.#leg === null) this.#set("registered");
  }

  #lost(why) {
    if (why === "network") this.#away = true;
    else if (this.#state !== "connecting" || this.#refusals >= ASK_AFTER_REFUSALS) this.#ask();
    this.#refusals += why === "refused" ? 1 : 0;
    if (this.#state === "ringing") this.#leg.hangUp(); // the PBX cannot reach it any more
    if (why === "network" || this.#refusals > ASK_AFTER_REFUSALS) this.#say(why);
    if (this.#leg === null && this.#state !== "connecting") this.#set("lost");
  }

  /** The PBX refuses: because it was started anew (then wait), or because this key counts no more. */
  async #ask() {
    const why = await whyRefused(this.#mark);
    if (why && this.#line) this.#end(why);
  }

  #incoming(session) {
    if (this.#leg !== null && !this.testing) return session.terminate({ status_code: 486 });
    this.endTest();
    this.#take(new Leg(session, this.#sound, { report: (counted) => this.#report(counted) }));
    this.#set("ringing");
    this.#stopRinging = ring(this.#sound.context);
    if (this.#sound.context.state === "suspended") this.#say("sound_blocked");
    this.#tell("ringing", { test: false });
  }

  #take(leg) {
    this.#leg = leg;
    leg.addEventListener("media", ({ detail }) => this.#say(detail === "lost" ? "media_lost" : ""));
    leg.addEventListener("over", ({ detail }) => {
      if (this.#leg !== leg) return;
      const test = this.testing;
      this.#quiet();
      this.#leg = this.#test = null;
      if (this.#trouble === "media_lost") this.#say("");
      if (this.#state !== "off") this.#set(this.#line?.registered ? "registered" : "lost");
      this.#tell("ended", { cause: detail, test });
      if (this.#sound.stream === null) this.#withoutMicrophone();
    });
  }

  #report(counted) {
    this.#tell("quality", counted);
    keepCounts(counted);
  }

  #withoutMicrophone() {
    if (this.#leg !== null) return this.#say("microphone_lost"); // the call goes on, and the person is told
    this.#end("microphone_lost");
    this.#tryLater();
  }

  async #devicesChanged() {
    const waits = this.#trouble.startsWith("microphone_");
    if (this.#leg !== null && waits) {
      await this.#sound.open().then(() => this.#say(""), () => {});
    } else if (waits) {
      this.start();
    }
    this.#tell("change");
  }

  /** What comes back by itself is waited for: a permission, a console that was away. */
  async #tryLater() {
    if (this.#trouble === "console_away") setTimeout(() => this.#trouble === "console_away" && this.start(), 3000);
    if (this.#trouble !== "microphone_denied") return;
    const permission = await navigator.permissions?.query({ name: "microphone" }).catch(() => null);
    if (permission) permission.onchange = () => permission.state === "granted" && this.start();
  }

  #end(word) {
    this.#quiet();
    const [line, leg, test] = [this.#line, this.#leg, this.testing];
    this.#line = this.#leg = this.#test = null;
    leg?.finish();
    line?.stop();
    this.#sound.close();
    this.#claim?.();
    this.#claim = null;
    this.#refusals = 0;
    this.#away = false;
    this.#set("off");
    this.#say(word);
    if (word === "other_page" || word === "busy_elsewhere") whenFree(() => this.#trouble === word && this.start());
    if (leg) this.#tell("ended", { cause: word || "stopped", test });
  }

  #quiet() {
    this.#stopRinging?.();
    this.#stopRinging = null;
  }

  #set(state) {
    if (this.#state === state) return;
    this.#state = state;
    this.#tell("change");
  }

  #say(word) {
    if (this.#trouble === word) return;
    this.#trouble = word;
    this.#tell("trouble", word);
  }

  #tell(kind, detail) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }
}
