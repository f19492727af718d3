-- CRM sales pipeline → deals.
--
--   journeyctl import --sql deploy/mappings/crm_sales.sql sales_pipeline.csv.gz
--
-- For the public "CRM Sales Opportunities" data set (Maven Analytics), and a
-- pattern for any export with a row per opportunity:
--   opportunity_id, sales_agent, product, account, deal_stage, engage_date,
--   close_date, close_value
-- Goes with the rule set deploy/rules/crm_sales.yaml.
--
-- * A row becomes one or two touchpoints: the deal opened on engage_date, and
--   won or lost on close_date. Rows without engage_date (stage "Prospecting")
--   have no time at all and are left out.
-- * An opened deal is in the stage "engaging"; winning and losing move it by
--   themselves.
-- * The ids end in "-1-opened" and "-2-won", so that a deal that is opened and
--   closed at the same instant is opened first: where times are equal, ids
--   decide.
-- * close_value is in whole dollars; the service counts cents.
-- * An empty account leaves the deal without one; it is then a journey of its
--   own.
-- * The export writes "GTXPro" for the product "GTX Pro".

CREATE TEMP VIEW deals AS
SELECT rowid AS line,
       opportunity_id AS id,
       account,
       sales_agent AS agent,
       CASE product WHEN 'GTXPro' THEN 'GTX Pro' ELSE product END AS product,
       deal_stage AS outcome,
       engage_date,
       close_date,
       close_value
FROM sales_pipeline
WHERE engage_date <> '';

SELECT line                  AS "_line",
       'crm_sales'           AS "source",
       id || '-1-opened'     AS "touchpoint_id",
       engage_date           AS "occurred_at",
       account               AS "account_id",
       id                    AS "deal_id",
       agent                 AS "owner_id",
       'opened'              AS "deal.action",
       'engaging'            AS "deal.stage_id",
       product               AS "deal.products[0].product_id",
       NULL                  AS "deal.amount.amount_minor",
       NULL                  AS "deal.amount.currency_code"
FROM deals

UNION ALL

SELECT line,
       'crm_sales',
       id || CASE outcome WHEN 'Won' THEN '-2-won' ELSE '-2-lost' END,
       close_date,
       account,
       id,
       agent,
       CASE outcome WHEN 'Won' THEN 'won' ELSE 'lost' END,
       NULL,
       product,
       -- A lost deal's close_value is 0, which says nothing about its worth.
       CASE outcome WHEN 'Won' THEN CAST(close_value AS INTEGER) * 100 END,
       CASE outcome WHEN 'Won' THEN 'USD' END
FROM deals
WHERE outcome IN ('Won', 'Lost')

ORDER BY "occurred_at", "touchpoint_id";
