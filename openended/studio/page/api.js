// Asking the server. The token is in the fragment of the link, which no browser sends or logs; from there it goes into
// this tab's storage, and with each request into a header.

const KEPT = "openended-token";

/** What went wrong, in a sentence for people; `status` is 0 if the server did not answer. */
export class Problem extends Error {
  constructor(message, status = 0) {
    super(message);
    this.status = status;
  }
}

/** Take the token out of the address; trade a launch code for it. */
export async function enter() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (given.has("token") || given.has("code")) history.replaceState(null, "", location.pathname);
  if (given.has("token")) sessionStorage.setItem(KEPT, given.get("token"));
  if (given.has("code")) sessionStorage.setItem(KEPT, (await post("/api/enter", { code: given.get("code") })).token);
  if (!sessionStorage.getItem(KEPT)) throw new Problem("This page needs the link that the terminal shows, with its token.", 401);
}

export const token = () => sessionStorage.getItem(KEPT);

async function ask(path, settings = {}) {
  const headers = { ...settings.headers };
  if (token()) headers.Authorization = `Bearer ${token()}`;
  let response;
  try {
    response = await fetch(path, { ...settings, headers, cache: "no-store", credentials: "omit", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem("The studio does not answer; it may have been stopped. The run is not touched by that.");
  }
  if (response.ok) return response;
  let words = `The studio answered with ${response.status}.`;
  try {
    words = (await response.json()).problem ?? words;
  } catch {
    // no JSON: the status must do
  }
  throw new Problem(words, response.status);
}

/** The JSON at a path; null if there is nothing new. */
export async function get(path) {
  const response = await ask(path);
  return response.status === 204 ? null : response.json();
}

const sending = (value, signal) => ({ method: "POST", body: JSON.stringify(value), headers: { "Content-Type": "application/json" }, signal });

export const post = async (path, value, signal) => (await ask(path, sending(value, signal))).json();

/** Call `take` with each line of an answer as it comes. */
export async function stream(path, value, take, signal) {
  const reader = (await ask(path, sending(value, signal))).body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value: text } = await reader.read();
    if (done) return;
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    for (const line of lines) take(JSON.parse(line));
  }
}
