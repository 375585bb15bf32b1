// @ts-check
// One question to the server, one answer or one error. Whether to ask again is the caller's business.

const PATIENCE_MS = 8000;

/** The server answered no: a problem with `status`, `title` and `detail`. */
export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail || problem.title || `HTTP ${status}`);
    this.name = "Refused";
    this.status = status;
  }

  /** True when the same question may be answered otherwise later. */
  get passing() {
    return this.status >= 500 || this.status === 408 || this.status === 425 || this.status === 429;
  }
}

/** No answer came: no network, no server, or none in time. */
export class Unreachable extends Error {
  constructor(cause) {
    super("no answer from the server", { cause });
    this.name = "Unreachable";
  }
}

/** The answer as JSON (null when empty); throws Refused or Unreachable. */
export async function ask(path, { token = null, method = "GET", body = undefined, cache = "no-store" } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  let response;
  let text;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: stop.signal,
      cache,
      keepalive: method === "POST", // a report outlives the tab that sent it
    });
    text = await response.text();
  } catch (error) {
    throw new Unreachable(error);
  } finally {
    clearTimeout(timer);
  }
  const answer = read(text);
  if (!response.ok) throw new Refused(response.status, answer ?? {});
  return answer;
}

function read(text) {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null; // a proxy's HTML error page; the status says what matters
  }
}
