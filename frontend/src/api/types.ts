// The names the rest of the page uses for what the API speaks. All come from the OpenAPI document.
import type { components, operations, paths } from "./schema.gen";

type Schemas = components["schemas"];
export type Task = Schemas["Task"];
export type TaskWrite = Schemas["TaskWrite"];
export type TaskPatch = Schemas["TaskPatch"];
export type TaskPage = Schemas["TaskPage"];
export type Priority = Schemas["Priority"];
export type Profile = Schemas["Profile"];
export type ProfilePatch = Schemas["ProfilePatch"];
export type Session = Schemas["Session"];
export type Credentials = Schemas["Credentials"];
export type Registration = Schemas["Registration"];
export type Changes = Schemas["Changes"];
export type Notification = Schemas["Notification"];
export type TaskMove = Schemas["TaskMove"];
export type BulkItem = Schemas["BulkItem"];
export type SavedFilter = Schemas["Filter"];
export type AuditEntry = Schemas["AuditEntry"];
export type Occurrences = Schemas["Occurrences"];
export type CalendarItem = Schemas["CalendarItem"];
export type Problem = Schemas["Problem"];
export type FieldError = Schemas["FieldError"];
export type ListQuery = NonNullable<paths["/api/tasks"]["get"]["parameters"]["query"]>;
export type { operations };
