import { Bookmark } from "lucide-react";
import { useState } from "react";

import { useT } from "@/i18n/i18n";
import { showToast } from "@/ui/toast";
import { Button } from "@/ui/button";
import { Popover } from "@/ui/popover";

import { NameForm } from "./name-form";
import { useFilterCommands } from "./filter-commands";

/** Keeps what is shown under a name, in the sidebar. `query` is that of GET /api/tasks. */
export function SaveFilter({ query }: { query: string }) {
  const t = useT();
  const commands = useFilterCommands();
  const [open, setOpen] = useState(false);
  return (
    <Popover
      title={t("saved.save")}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button>
          <Bookmark aria-hidden className="size-4" />
          {t("saved.save")}
        </Button>
      }
    >
      <NameForm
        name=""
        onSave={async (name) => {
          await commands.save(name, query);
          setOpen(false);
          showToast({ title: t("saved.saved"), description: name });
        }}
      />
    </Popover>
  );
}
