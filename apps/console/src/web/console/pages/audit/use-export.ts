import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "../../../components/search-params.ts";
import { type EventFilter, filterOf } from "./events.ts";
import { AuditExport, type ExportPart, type ExportProgress, type OpenExport } from "./export.ts";
import type { ExportFormat } from "./export-rows.ts";
import { saveFile } from "./save-file.ts";

/** Opens the export of a trail. */
export type OpenTrailExport = (
  query: EventFilter & ExportPart,
  signal: AbortSignal,
) => ReturnType<OpenExport>;

export interface RunningExport extends ExportProgress {
  /** Why it stopped; undefined while it runs. */
  readonly error?: unknown;
}

/** One export at a time, of what the filters show when it begins. It ends with the page. */
export function useExport({ open, name }: { readonly open: OpenTrailExport; readonly name: string }) {
  const { params } = useSearchParams();
  const [state, setState] = useState<RunningExport>();
  const abort = useRef<AbortController>(undefined);
  const begun = useRef<{ readonly file: AuditExport; readonly fileName: string }>(undefined);
  useEffect(() => () => abort.current?.abort(), []);

  const run = async () => {
    const current = begun.current;
    if (current === undefined) {
      return;
    }
    const ending = new AbortController();
    const { signal } = ending;
    abort.current = ending;
    setState((before) => ({ count: 0, total: undefined, ...before, waiting: false, error: undefined }));
    try {
      saveFile(await current.file.run(signal), current.fileName);
      setState(undefined);
    } catch (error) {
      if (!signal.aborted) {
        setState((before) => before && { ...before, waiting: false, error });
      }
    }
  };
  return {
    state,
    start(format: ExportFormat) {
      const filter = filterOf(params);
      const file = new AuditExport({
        open: (part, signal) => open({ ...filter, ...part }, signal),
        format,
        onProgress: setState,
      });
      begun.current = { file, fileName: `audit-${name}.${format}` };
      return run();
    },
    goOn: run,
    cancel() {
      abort.current?.abort();
      begun.current = undefined;
      setState(undefined);
    },
  };
}
