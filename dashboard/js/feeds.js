// Polling. A feed is one path asked again and again while somebody watches it and the tab is visible.

import { NotServed, SignedOut } from "./api.js";

const MOST_AT_ONCE = 4;
const LONGEST_WAIT_MS = 60_000;

/** What a watcher sees: `data` is the last good answer, `error` why the latest try failed, if it did. */
const EMPTY = Object.freeze({ data: null, error: null, at: 0 });

class Feed {
  watchers = new Map();
  state = EMPTY;
  etag = "";
  failures = 0;
  timer = 0;
  busy = false;
  /** Somebody wants it asked anew although an answer is under way. */
  again = false;
  ended = false;

  constructor(path) {
    this.path = path;
  }

  get every() {
    return Math.min(...this.watchers.values());
  }
}

export class Feeds {
  #feeds = new Map();
  #waiting = [];
  #running = 0;
  #api;

  constructor(api) {
    this.#api = api;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#pause() : this.#resume()));
    window.addEventListener("online", () => this.refresh());
  }

  /** Calls `see(state)` now and after each change; returns a function that ends it. */
  watch(path, everyMs, see) {
    let feed = this.#feeds.get(path);
    if (!feed) this.#feeds.set(path, (feed = new Feed(path)));
    feed.watchers.set(see, everyMs);
    see(feed.state);
    if (feed.watchers.size === 1) this.#ask(feed);
    return () => {
      feed.watchers.delete(see);
      if (feed.watchers.size === 0) this.#drop(feed);
    };
  }

  /** The oldest answer on show whose renewal failed: {at, error}; null while all are current. */
  get late() {
    const failed = [...this.#feeds.values()]
      .map((feed) => feed.state)
      .filter(({ data, error }) => data !== null && error);
    return failed.reduce((oldest, one) => (oldest && oldest.at <= one.at ? oldest : one), null);
  }

  /** Asks again at once what starts with `prefix`: after a change, or when a person wants it. */
  refresh(prefix = "") {
    for (const feed of this.#feeds.values()) {
      if (feed.path.startsWith(prefix)) {
        feed.failures = 0;
        feed.ended = false;
        this.#ask(feed);
      }
    }
  }

  /** Forgets every answer: the next reader may be somebody else. */
  clear() {
    for (const feed of this.#feeds.values()) {
      feed.state = EMPTY;
      feed.etag = "";
      feed.ended = false;
      this.#tell(feed);
      this.#ask(feed);
    }
  }

  #drop(feed) {
    clearTimeout(feed.timer);
    this.#feeds.delete(feed.path);
  }

  #pause() {
    for (const feed of this.#feeds.values()) clearTimeout(feed.timer);
  }

  #resume() {
    for (const feed of this.#feeds.values()) this.#ask(feed);
  }

  #ask(feed) {
    clearTimeout(feed.timer);
    if (feed.busy) feed.again = true;
    if (feed.busy || feed.ended || document.hidden) return;
    feed.busy = true;
    this.#waiting.push(feed);
    this.#next();
  }

  #next() {
    while (this.#running < MOST_AT_ONCE && this.#waiting.length) {
      const feed = this.#waiting.shift();
      this.#running += 1;
      this.#fetch(feed).finally(() => {
        this.#running -= 1;
        feed.busy = false;
        if (this.#feeds.get(feed.path) === feed) this.#schedule(feed);
        this.#next();
      });
    }
  }

  async #fetch(feed) {
    const signedIn = this.#api.signedIn;
    try {
      const { data, etag, unchanged } = await this.#api.get(feed.path, { etag: feed.etag });
      if (signedIn !== this.#api.signedIn) return; // asked as somebody else
      feed.failures = 0;
      feed.etag = etag;
      const before = feed.state;
      feed.state = { data: unchanged ? before.data : data, error: null, at: this.#api.now() };
      if (!unchanged || before.error) this.#tell(feed);
    } catch (error) {
      if (signedIn !== this.#api.signedIn && feed.again) return;
      feed.failures += 1;
      // neither gets better by asking again
      feed.ended = error instanceof NotServed || error instanceof SignedOut;
      feed.state = { ...feed.state, error };
      this.#tell(feed);
    }
  }

  #schedule(feed) {
    if (feed.again) {
      feed.again = false;
      feed.ended = false;
      return this.#ask(feed);
    }
    if (feed.ended || document.hidden) return;
    const wait = Math.min(feed.every * 2 ** Math.min(feed.failures, 5), LONGEST_WAIT_MS);
    feed.timer = setTimeout(() => this.#ask(feed), feed.failures ? wait : feed.every);
  }

  #tell(feed) {
    for (const see of feed.watchers.keys()) see(feed.state);
  }
}
