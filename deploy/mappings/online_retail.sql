-- Invoice lines of a shop → one touchpoint an invoice.
--
--   journeyctl import --sql deploy/mappings/online_retail.sql \
--       online_retail_by_day.csv.gz
--
-- For the public "Online Retail" data set (UCI 352), and a pattern for any
-- export with a row per invoice line:
--   InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice,
--   CustomerID, Country
-- Goes with the rule set deploy/rules/online_retail.yaml.
--
-- * The lines of an invoice are put together; it occurred at its earliest
--   line.
-- * InvoiceNo of digits is an invoice. "C…" is a credit note; it names no
--   invoice that it credits, so no sale is undone by it. "A…" are adjustments
--   of bad debt and are left out.
-- * Prices have up to three decimals. All sums are made of whole thousandths,
--   never of floating-point numbers: "2.55" → 2 and 550 → 2550. The exact sum
--   is the attribute amount_thousandths (negative for a credit note); the
--   invoice's amount is rounded to pence and never negative.
-- * CustomerID looks like "17850.0". Invoices without one are kept, each under
--   a visitor of its own, so that every invoice counts and nobody becomes a
--   customer by them.

CREATE TEMP TABLE invoices AS
SELECT MIN(line) AS line,
       number,
       MIN(at) AS at,
       MAX(customer) AS customer,
       MAX(country) AS country,
       SUM(quantity * price_thousandths) AS thousandths
FROM (
  SELECT rowid AS line,
         InvoiceNo AS number,
         InvoiceDate AS at,
         REPLACE(CustomerID, '.0', '') AS customer,
         Country AS country,
         CAST(Quantity AS INTEGER) AS quantity,
         CAST(
           CASE INSTR(UnitPrice, '.')
             WHEN 0 THEN UnitPrice || '000'
             ELSE SUBSTR(UnitPrice, 1, INSTR(UnitPrice, '.') - 1) ||
                  SUBSTR(SUBSTR(UnitPrice, INSTR(UnitPrice, '.') + 1) || '000',
                         1, 3)
           END AS INTEGER) AS price_thousandths
  FROM online_retail_by_day
  WHERE InvoiceNo NOT LIKE 'A%'
)
GROUP BY number;

SELECT line                                   AS "_line",
       'online_retail'                        AS "source",
       number                                 AS "touchpoint_id",
       at                                     AS "occurred_at",
       customer                               AS "contact_id",
       CASE customer WHEN '' THEN 'walk-in-' || number END
                                              AS "anonymous_id",
       CASE WHEN number LIKE 'C%' THEN 'credited' ELSE 'issued' END
                                              AS "invoice.action",
       number                                 AS "invoice.invoice_id",
       (ABS(thousandths) + 5) / 10            AS "invoice.amount_minor",
       'GBP'                                  AS "invoice.currency_code",
       thousandths                            AS "attributes.amount_thousandths",
       country                                AS "attributes.country"
FROM invoices
ORDER BY at, number;
