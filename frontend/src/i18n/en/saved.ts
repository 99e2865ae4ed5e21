export default {
  "saved.title": "Filters",
  "saved.save": "Save filter",
  "saved.saved": "Filter saved",
  "saved.deleted": "Filter deleted",
  "saved.name": "Name of the filter",
  "saved.name.missing": "Give the filter a name.",
  "saved.more": "More for {name}",
  "saved.rename": "Rename filter",
  "saved.delete": "Delete filter",
  "saved.gone": "There is no such filter",
  "saved.gone.hint": "It may have been deleted in another place.",
  "saved.empty.hint": "Tasks that match this filter stand here.",
} as const;
