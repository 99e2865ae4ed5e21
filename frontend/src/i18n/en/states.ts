export default {
  "update.ready": "A newer version of Spindle is ready.",
  "update.take": "Load it",
  "first-run.welcome": "Welcome to Spindle",
  "first-run.offer": "Three sample tasks show what it does. You can delete them whenever you like.",
  "first-run.tag": "sample",
  "first-run.quick-add.title": "Add a task in one line: press Q",
  "first-run.quick-add.text":
    "Type “Call Ada tomorrow 9am #family !high”. Date, tag and priority are understood as you type.",
  "first-run.repeat.title": "Water the plants every 3 days",
  "first-run.repeat.text": "Complete it, and the next one is there with its date.",
  "first-run.remind.title": "Stand up and stretch",
  "first-run.remind.text":
    "It reminds you in two minutes. Answer with Done or Snooze; it is not lost when the page is closed.",
  "first-run.add": "Add the three samples",
  "first-run.own": "Add my own task",
} as const;
