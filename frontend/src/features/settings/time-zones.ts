/** Every zone that the browser knows, and the person's own, which it may not know. */
export function timeZones(own: string): string[] {
  return [...new Set(["UTC", own, ...Intl.supportedValuesOf("timeZone")])].toSorted();
}
