import type { Table } from "@sallyport/clickhouse";

/**
 * The events in ClickHouse, with `FINAL` each once: of rows with one id that with the highest version stands, and the others go
 * when parts are merged. Their order is that of the audit trail's queries, by organization and time; other columns that are
 * searched by have an index. JSON is text, which every version of ClickHouse reads (`JSONExtractString`).
 */
export const EVENTS_TABLE: Table = {
  name: "sallyport_events",
  steps: [
    `CREATE TABLE IF NOT EXISTS sallyport_events (
       organization_id UUID COMMENT 'Of none: 00000000-0000-0000-0000-000000000000',
       sequence UInt64 COMMENT 'Counts the events of the organization, without a gap',
       id UUID,
       occurred_at DateTime64(3, 'UTC'),
       type LowCardinality(String) COMMENT 'membership.suspended',
       outcome LowCardinality(String) COMMENT 'success, failure, denied',
       actor_type LowCardinality(String),
       actor_id String COMMENT 'Empty: it has none',
       resource_type LowCardinality(String),
       resource_id String,
       request_id String,
       ip String,
       before String COMMENT 'JSON, or empty' CODEC(ZSTD),
       after String COMMENT 'JSON, or empty' CODEC(ZSTD),
       data String COMMENT 'JSON, or empty' CODEC(ZSTD),
       version UInt64 COMMENT '0, until something was erased from it'
     ) ENGINE = ReplacingMergeTree(version)
     PARTITION BY toYYYYMM(occurred_at)
     ORDER BY (organization_id, occurred_at, id)`,
    `ALTER TABLE sallyport_events
       ADD INDEX IF NOT EXISTS by_id id TYPE bloom_filter GRANULARITY 1,
       ADD INDEX IF NOT EXISTS by_type type TYPE bloom_filter GRANULARITY 1,
       ADD INDEX IF NOT EXISTS by_actor actor_id TYPE bloom_filter GRANULARITY 1,
       ADD INDEX IF NOT EXISTS by_resource resource_id TYPE bloom_filter GRANULARITY 1,
       ADD INDEX IF NOT EXISTS by_request request_id TYPE bloom_filter GRANULARITY 1`,
  ],
};
