// Who is signed in. The access token lives in memory only; the refresh token is a cookie that script cannot read.
//
// The refresh cookie is one for all tabs and can be used once, so only one tab refreshes at a time (a lock), and it tells the others
// the new token (a channel). Without locks (plain http on a home network) two tabs may still meet: the API forgives that for ten
// seconds.
import { recall, remember } from "@/lib/storage";

import { problemOf, toProblem } from "./problem";
import type { Credentials, Profile, Registration, Session } from "./types";

export type SessionState =
  /** Nobody has asked yet. */
  { status: "unknown" } | { status: "signed-in"; user: Profile } | { status: "signed-out" };

type Message = { kind: "signed-in"; session: Session } | { kind: "profile"; user: Profile } | { kind: "signed-out" };

/** Refresh this long before the token ends, in ms, so that no request has to wait for it. */
const REFRESH_EARLY_MS = 60_000;
/** Who was signed in here, for opening the page while the server cannot be reached. The refresh cookie is not told by it. */
const PROFILE_KEY = "spindle.profile";

let state: SessionState = { status: "unknown" };
let token: string | null = null;
let expiresAt = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let refreshing: Promise<boolean> | null = null;
const listeners = new Set<() => void>();
const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("spindle.session");

channel?.addEventListener("message", ({ data }: MessageEvent<Message>) => {
  if (data.kind === "signed-in") adopt(data.session);
  else if (data.kind === "profile") show(data.user);
  else forget();
});

function set(next: SessionState): void {
  state = next;
  for (const listener of listeners) listener();
}

function adopt(session: Session): void {
  token = session.access_token;
  expiresAt = Date.now() + session.expires_in * 1000;
  clearTimeout(timer);
  const wait = Math.max(session.expires_in * 1000 - REFRESH_EARLY_MS, session.expires_in * 500);
  timer = setTimeout(() => void refresh().catch(() => undefined), wait);
  remember(PROFILE_KEY, JSON.stringify(session.user));
  set({ status: "signed-in", user: session.user });
}

function show(user: Profile): void {
  if (state.status !== "signed-in" || state.user.id !== user.id) return;
  remember(PROFILE_KEY, JSON.stringify(user));
  set({ status: "signed-in", user });
}

/** Who was signed in here last, until they sign out. */
export function rememberedProfile(): Profile | null {
  try {
    return JSON.parse(recall(PROFILE_KEY) ?? "null") as Profile | null;
  } catch {
    return null;
  }
}

function forget(): void {
  token = null;
  expiresAt = 0;
  clearTimeout(timer);
  remember(PROFILE_KEY, null);
  set({ status: "signed-out" });
}

function announce(message: Message): void {
  channel?.postMessage(message);
}

export function getSession(): SessionState {
  return state;
}

export function subscribeToSession(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function accessToken(): string | null {
  return token;
}

/** The profile has changed: show it in this tab and the others. */
export function updateUser(user: Profile): void {
  show(user);
  announce({ kind: "profile", user });
}

/** The account is gone: nobody is signed in any more, in this tab and the others. */
export function accountErased(): void {
  forget();
  announce({ kind: "signed-out" });
}

async function post(path: string, body?: unknown): Promise<Response> {
  try {
    return await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
  } catch (error) {
    throw toProblem(error);
  }
}

async function enter(path: string, body: Credentials | Registration): Promise<void> {
  const response = await post(path, body);
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response.status, answer);
  const session = answer as Session;
  adopt(session);
  announce({ kind: "signed-in", session });
}

export function signIn(credentials: Credentials): Promise<void> {
  return enter("/api/auth/login", credentials);
}

export function register(registration: Registration): Promise<void> {
  return enter("/api/auth/register", registration);
}

/** Ends the session everywhere. Fails when the server cannot be told, because the cookie would then live on. */
export async function signOut(): Promise<void> {
  const response = await post("/api/auth/logout");
  if (!response.ok && response.status !== 401)
    throw problemOf(response.status, await response.json().catch(() => null));
  forget();
  announce({ kind: "signed-out" });
}

function locked<T>(work: () => Promise<T>): Promise<T> {
  return "locks" in navigator ? navigator.locks.request("spindle.refresh", work) : work();
}

/** Gets a new access token; false when the person has to sign in. Throws when the server cannot be reached: then nothing changes. */
export function refresh(): Promise<boolean> {
  const before = token;
  refreshing ??= locked(async () => {
    // Another tab may have done it while this one waited for the lock.
    if (token !== null && token !== before && Date.now() < expiresAt) return true;
    const response = await post("/api/auth/refresh");
    const answer: unknown = await response.json().catch(() => null);
    if (response.status === 401) {
      forget();
      return false;
    }
    if (!response.ok) throw problemOf(response.status, answer);
    const session = answer as Session;
    adopt(session);
    announce({ kind: "signed-in", session });
    return true;
  }).finally(() => {
    refreshing = null;
  });
  return refreshing;
}

/**
 * At the start of the page: signs in silently when this browser was signed in. While the server cannot be reached, whoever was signed in
 * sees what is kept here; the first request that is answered gets a token, or ends the session.
 */
export async function resumeSession(): Promise<void> {
  if (state.status !== "unknown") return;
  const user = rememberedProfile();
  if (user === null) {
    set({ status: "signed-out" });
    return;
  }
  try {
    await refresh();
  } catch (error) {
    if (!toProblem(error).isTemporary) throw error;
    set({ status: "signed-in", user });
  }
}
