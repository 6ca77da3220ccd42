// Calls to the server this page came from, and to no other.

import { byId } from "./dom.js";

export class ServerError extends Error {
  constructor(fault, status) {
    super(fault?.message ?? `The server answered with ${status}.`);
    this.code = fault?.code ?? "";
    this.status = status;
  }
}

function headers() {
  const key = sessionStorage.getItem("key");
  return { "content-type": "application/json", ...(key ? { authorization: `Bearer ${key}` } : {}) };
}

function askForKey() {
  const dialog = byId("key-dialog");
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      const key = byId("key").value;
      if (key) sessionStorage.setItem("key", key);
      byId("key").value = "";
      resolve(Boolean(key));
    }, { once: true });
  });
}

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, { ...options, headers: headers() });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ServerError({ message: "The server cannot be reached." }, 0);
  }
  if (response.status === 401 && (await askForKey())) return call(path, options);
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    throw new ServerError(body?.error, response.status);
  }
  return response;
}

export async function getJson(path) {
  return (await call(path, { method: "GET" })).json();
}

export async function postJson(path, body, signal) {
  return (await call(path, { method: "POST", body: JSON.stringify(body), signal })).json();
}

// Server-sent events of a POST, one {name, data} at a time.
export async function* postEvents(path, body, signal) {
  const response = await call(path, { method: "POST", body: JSON.stringify(body), signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const name = /^event: (.+)$/m.exec(block)?.[1];
      const data = /^data: (.+)$/m.exec(block)?.[1];
      if (name && data) yield { name, data: JSON.parse(data) };
    }
  }
}
