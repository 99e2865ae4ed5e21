export default {
  "palette.title": "Go, find, do",
  "palette.label": "What do you want to do?",
  "palette.placeholder": "A view, a task, a command",
  "palette.tasks": "Tasks",
  "palette.filters": "Saved filters",
  "palette.nothing": "Nothing matches. Try a word of a title, or a view.",
  "palette.count": { one: "{count} choice", other: "{count} choices" },
  "palette.theme": "Theme: {theme}",
  "keys.sheet.hint": "Keys do nothing while you type in a field.",
} as const;
