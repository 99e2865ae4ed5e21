import { resumeSession } from "@/api/session";

// A failure is told where the session is needed.
resumeSession().catch(() => undefined);
