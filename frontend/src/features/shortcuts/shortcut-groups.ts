import type { Shortcut } from "@/lib/keyboard";

export interface ShortcutGroup {
  title: string;
  entries: { label: string; keys: string[] }[];
}

/** By group, in the order of registering; what has several keys stands once. */
export function shortcutGroups(shortcuts: readonly Shortcut[]): ShortcutGroup[] {
  const groups: ShortcutGroup[] = [];
  for (const { group: title, label, keys } of shortcuts) {
    let group = groups.find((each) => each.title === title);
    if (group === undefined) groups.push((group = { title, entries: [] }));
    const entry = group.entries.find((each) => each.label === label);
    if (entry === undefined) group.entries.push({ label, keys: [keys] });
    else if (!entry.keys.includes(keys)) entry.keys.push(keys);
  }
  return groups;
}
