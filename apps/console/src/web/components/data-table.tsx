import { Skeleton, Table } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useCatalogue } from "../texts/language.tsx";
import { type Page, Pager } from "./paging.tsx";
import { ProblemAlert } from "./problem-alert.tsx";
import { componentTexts } from "./texts.ts";

export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  cell(row: Row): ReactNode;
  /** Numbers stand at the right. */
  readonly align?: "right";
  /** In pixels. Without one it shares what is left. */
  readonly width?: number;
  /** Takes more than one line where it is long, in place of being cut off. */
  readonly wrap?: boolean;
  /** Not shown on a phone. */
  readonly wideOnly?: boolean;
}

const onWide = ({ wideOnly }: { readonly wideOnly?: boolean }) =>
  wideOnly === true ? ({ visibleFrom: "sm" } as const) : {};

interface DataTableProps<Row> {
  /** What is listed, for screen readers: "Members". */
  readonly label: string;
  readonly page: UseQueryResult<Page<Row>>;
  /** The first is the name that people know the row by. */
  readonly columns: readonly Column<Row>[];
  rowKey(row: Row): string;
  /** Where a row leads: to its page, or to its side panel by a parameter of this page's address. */
  rowLink?(row: Row): LinkProps;
  /** The row whose side panel is open. */
  readonly selected?: string | undefined;
  /** What can be done to a row; shown on hover and focus. */
  acts?(row: Row): ReactNode;
  /** In place of a list that holds nothing. */
  readonly empty: ReactNode;
}

const SKELETON_ROWS = ["1", "2", "3", "4", "5", "6"];

/** A list of the API, page by page, with its states: loading, empty, failed. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const { page, columns, empty } = props;
  if (page.isError) {
    return <ProblemAlert error={page.error} onRetry={() => void page.refetch()} />;
  }
  if (page.data?.items.length === 0) {
    return (
      <>
        {empty}
        <Pager nextCursor={page.data.nextCursor} />
      </>
    );
  }
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: wider than its place it is scrolled, also by the keyboard */}
      <section className="table-scroll" aria-label={props.label} tabIndex={0}>
        <Table className="table" aria-busy={page.isFetching} aria-label={props.label}>
          <Table.Thead>
            <Table.Tr>
              {columns.map((column) => (
                <Table.Th
                  key={column.key}
                  {...(column.width === undefined ? {} : { w: column.width })}
                  ta={column.align ?? "left"}
                  {...onWide(column)}
                >
                  {column.header}
                </Table.Th>
              ))}
              {props.acts !== undefined && <ActsHeader />}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {page.data === undefined
              ? SKELETON_ROWS.map((row) => <SkeletonRow key={row} {...props} />)
              : page.data.items.map((row) => <DataRow key={props.rowKey(row)} row={row} {...props} />)}
          </Table.Tbody>
        </Table>
      </section>
      {page.data !== undefined && <Pager nextCursor={page.data.nextCursor} />}
    </>
  );
}

function ActsHeader() {
  const texts = useCatalogue(componentTexts);
  return (
    <Table.Th className="acts">
      <span className="visually-hidden">{texts.acts}</span>
    </Table.Th>
  );
}

function DataRow<Row>({ row, ...props }: DataTableProps<Row> & { readonly row: Row }) {
  const link = props.rowLink?.(row);
  return (
    <Table.Tr data-selected={props.selected === props.rowKey(row) || undefined}>
      {props.columns.map((column, index) => (
        <Table.Td
          key={column.key}
          ta={column.align ?? "left"}
          data-wrap={column.wrap || undefined}
          {...onWide(column)}
        >
          {index === 0 && link !== undefined ? (
            <Link {...link} className="row-link">
              {column.cell(row)}
            </Link>
          ) : (
            column.cell(row)
          )}
        </Table.Td>
      ))}
      {props.acts !== undefined && (
        <Table.Td className="acts">
          <div>{props.acts(row)}</div>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function SkeletonRow<Row>({ columns, acts }: DataTableProps<Row>) {
  return (
    <Table.Tr aria-hidden>
      {columns.map((column, index) => (
        <Table.Td key={column.key} {...onWide(column)}>
          <Skeleton height={12} width={index === 0 ? "60%" : "40%"} />
        </Table.Td>
      ))}
      {acts !== undefined && <Table.Td className="acts" />}
    </Table.Tr>
  );
}
