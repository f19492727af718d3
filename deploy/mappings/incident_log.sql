-- The audit log of a help desk → tickets.
--
--   journeyctl import --sql deploy/mappings/incident_log.sql \
--       incident_event_log.csv.gz
--
-- For the public "Incident management process enriched event log" data set
-- (UCI 498), and a pattern for any help desk that exports a row each time a
-- ticket is touched; used here are
--   number, incident_state, caller_id, opened_at, sys_updated_at, contact_type,
--   priority, assigned_to, closed_at
-- Goes with the rule set deploy/rules/incident_log.yaml.
--
-- * The first row of an incident opens the ticket at opened_at; each row, the
--   first one too, is a touchpoint at sys_updated_at that says in which state
--   somebody left the ticket:
--     Awaiting User Info   waits for the customer, from this row on
--     Resolved, Closed     resolved; the last row closes, at closed_at
--     any other            the company's turn: `opened` after a wait for the
--                          customer, `reopened` after Resolved or Closed, else
--                          nothing but an update
-- * The rows of an incident stand in the order in which they were made, and
--   many have the same minute. The ids number them, so that where times are
--   equal, ids keep that order.
-- * Caller and channel are those of the first row. Incidents without a caller
--   are kept, each under a visitor of its own.
-- * "?" is a missing value. Times are dd/mm/yyyy HH:MM, taken as UTC.

-- Each time that is written anywhere, as the service takes it.
CREATE TEMP TABLE times AS
SELECT written,
       PRINTF('%s-%02d-%02d %s', SUBSTR(from_year, 1, 4),
              CAST(from_month AS INTEGER), CAST(written AS INTEGER),
              SUBSTR(from_year, 6)) AS at
FROM (
  SELECT written, from_month,
         SUBSTR(from_month, INSTR(from_month, '/') + 1) AS from_year
  FROM (
    SELECT written, SUBSTR(written, INSTR(written, '/') + 1) AS from_month
    FROM (
      SELECT opened_at AS written FROM incident_event_log
      UNION SELECT sys_updated_at FROM incident_event_log
      UNION SELECT closed_at FROM incident_event_log
    )
  )
);
CREATE UNIQUE INDEX temp.times_written ON times (written);

CREATE TEMP TABLE steps AS
SELECT rowid AS line,
       number,
       ROW_NUMBER() OVER incident AS step,
       FIRST_VALUE(caller_id) OVER incident AS caller,
       FIRST_VALUE(contact_type) OVER incident AS channel,
       incident_state AS state,
       COALESCE(LAG(incident_state) OVER incident, '') AS state_before,
       LEAD(number) OVER incident IS NULL AS is_last,
       opened_at,
       sys_updated_at,
       closed_at,
       CASE SUBSTR(priority, 1, 1) WHEN '1' THEN 'critical' WHEN '2' THEN 'high'
         WHEN '3' THEN 'medium' ELSE 'low' END AS severity,
       NULLIF(assigned_to, '?') AS owner
FROM incident_event_log
WINDOW incident AS (PARTITION BY number ORDER BY rowid);

CREATE TEMP VIEW changes AS
SELECT line, number, 0 AS step, caller, channel, owner, severity,
       opened_at AS written, 'opened' AS action
FROM steps
WHERE step = 1

UNION ALL

SELECT line, number, step, caller, channel, owner, severity,
       CASE WHEN is_last AND state = 'Closed' THEN closed_at
         ELSE sys_updated_at END,
       CASE
         WHEN is_last AND state = 'Closed' THEN 'closed'
         WHEN state = 'Awaiting User Info' THEN 'waiting_on_customer'
         WHEN state IN ('Resolved', 'Closed') THEN 'resolved'
         WHEN state_before = 'Awaiting User Info' THEN 'opened'
         WHEN state_before IN ('Resolved', 'Closed') THEN 'reopened'
         ELSE 'updated'
       END
FROM steps;

SELECT line                                  AS "_line",
       'incident_log'                        AS "source",
       PRINTF('%s-%04d', number, step)       AS "touchpoint_id",
       at                                    AS "occurred_at",
       NULLIF(caller, '?')                   AS "contact_id",
       CASE caller WHEN '?' THEN 'caller-of-' || number END
                                             AS "anonymous_id",
       REPLACE(LOWER(channel), ' ', '_')     AS "channel",
       owner                                 AS "owner_id",
       action                                AS "ticket.action",
       number                                AS "ticket.ticket_id",
       'incident'                            AS "ticket.type",
       severity                              AS "ticket.severity"
FROM changes JOIN times USING (written)
ORDER BY at, number, step;
