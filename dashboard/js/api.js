// The HTTP API: one place that knows tokens, ETags and what each kind of failure means.

// the gateway itself gives up after thirty seconds
const TIMEOUT_MS = 30_000;

/** The API answered with problem details (RFC 9457). */
export class Problem extends Error {
  constructor(status, body) {
    super(body.detail || body.title || `HTTP ${status}`);
    this.name = "Problem";
    this.status = status;
    this.title = body.title ?? "";
    /** [{field, problem}] */
    this.fields = body.errors ?? [];
  }
}

/** No answer: the network or the API is down. */
export class Unreachable extends Error {
  constructor() {
    super(navigator.onLine ? "The API does not answer." : "This device is offline.");
    this.name = "Unreachable";
  }
}

/** The gateway knows no such route: this stack does not offer it. */
export class NotServed extends Error {
  constructor(path) {
    super(`This stack's API does not serve ${path.replace(/[a-z]+_[0-9A-Z]{16,}/, "{id}")}.`);
    this.name = "NotServed";
  }
}

/** The token is missing, refused or too old. */
export class SignedOut extends Error {
  constructor() {
    super("Your session has ended: sign in again.");
    this.name = "SignedOut";
  }
}

export class Api {
  #token = "";
  /** Server's clock minus ours, milliseconds, from the Date header. */
  clockOffset = 0;
  onSignedOut = () => {};

  /** The token lives here only: a reload forgets it. */
  set token(value) {
    this.#token = value;
  }

  get signedIn() {
    return this.#token !== "";
  }

  now() {
    return Date.now() + this.clockOffset;
  }

  /** {data, etag, unchanged}; `etag` of an earlier answer spares the body when nothing changed. */
  async get(path, { etag = "", signal } = {}) {
    const response = await this.#request(
      "GET",
      path,
      undefined,
      etag ? { "if-none-match": etag } : {},
      signal,
    );
    if (response.status === 304) return { data: null, etag, unchanged: true };
    return { data: await response.json(), etag: response.headers.get("etag") ?? "", unchanged: false };
  }

  /** Sends a JSON body and returns the answer's, null when it has none. */
  async send(method, path, body) {
    const response = await this.#request(method, path, body);
    return response.status === 204 ? null : response.json();
  }

  async #request(method, path, body, extra = {}, signal = undefined) {
    const headers = { accept: "application/json", ...extra };
    if (this.#token) headers.authorization = `Bearer ${this.#token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    const limit = AbortSignal.timeout(TIMEOUT_MS);
    let response;
    try {
      response = await fetch(path, {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store",
        credentials: "omit",
        signal: signal ? AbortSignal.any([signal, limit]) : limit,
      });
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new Unreachable();
    }
    this.#readClock(response);
    if (response.ok || response.status === 304) return response;
    throw await this.#failure(response, path);
  }

  async #failure(response, path) {
    const body = await response.json().catch(() => ({}));
    const ours = typeof body.type === "string";
    if (response.status === 401 || (response.status === 403 && !ours)) {
      const had = this.#token !== "";
      this.#token = "";
      if (had) this.onSignedOut();
      return new SignedOut();
    }
    if (response.status === 404 && !ours) return new NotServed(path.split("?")[0]);
    return new Problem(response.status, ours ? body : { detail: body.message });
  }

  #readClock(response) {
    const said = Date.parse(response.headers.get("date") ?? "");
    // the header counts whole seconds: half a second is the best guess
    if (!Number.isNaN(said)) this.clockOffset = said + 500 - Date.now();
  }
}

/** All items of a paged list, newest first, at most `most` of them; {items, complete}. */
export async function collect(api, path, most = 5000) {
  const items = [];
  let cursor = "";
  do {
    const query = `limit=100${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ""}`;
    const { data } = await api.get(`${path}${path.includes("?") ? "&" : "?"}${query}`);
    items.push(...data.items);
    cursor = data.next_cursor ?? "";
  } while (cursor && items.length < most);
  return { items, complete: !cursor };
}
