import type { Column } from "../../../components/data-table.tsx";
import { Time } from "../../../components/time.tsx";
import { nameOf, type Stream } from "./stream.ts";
import { StreamState } from "./stream-state.tsx";
import type { SignalsTexts } from "./texts.ts";

/** The columns of every list of streams; of all applications' with whose it is. */
export function streamColumns(texts: SignalsTexts, ofAll: boolean): Column<Stream>[] {
  const { columns } = texts;
  return [
    { key: "stream", header: columns.stream, cell: (stream) => nameOf(stream, texts) },
    ...(ofAll
      ? [
          {
            key: "application",
            header: columns.application,
            cell: ({ application }: Stream) => application.name,
            wideOnly: true,
          },
        ]
      : []),
    { key: "state", header: columns.state, cell: (stream) => <StreamState stream={stream} />, width: 150 },
    {
      key: "waiting",
      header: columns.waiting,
      cell: ({ waiting }) => texts.events(waiting.events),
      width: 130,
      wideOnly: true,
    },
    {
      key: "last",
      header: columns.last,
      cell: ({ lastDeliveredAt }) => (lastDeliveredAt === null ? texts.never : <Time at={lastDeliveredAt} />),
      width: 150,
      wideOnly: true,
    },
  ];
}
