#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_codes.h"
#include "tests/cli/cli_run.h"
#include "tests/cli/fake_services.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ImportCommandTest : public ::testing::Test {
 protected:
  ImportCommandTest() {
    WriteFile(mapping_,
              "-- orders\n"
              "CREATE INDEX by_customer ON orders (customer);\n"
              "SELECT 'shop' AS source, id AS touchpoint_id,\n"
              "  day AS occurred_at, customer AS account_id,\n"
              "  'deal won; really' AS \"attributes.note\",\n"
              "  'issued' AS \"invoice.action\"\n"
              "FROM orders JOIN customers USING (customer)\n"
              "ORDER BY CAST(id AS INTEGER); -- done\n");
    WriteFile(orders_,
              "id,day,customer\n1,2024-01-01,a\n2,never,b\n3,"
              "2024-01-03,b\n4,2024-01-04\n");
    WriteFile(customers_, "customer\na\nb\n");
  }

  RunResult Import(std::vector<std::string> more) {
    more.insert(more.begin(), {"import", "--sql", mapping_});
    more.insert(more.end(), {orders_, customers_});
    return RunCli(server_.With(more));
  }

  FakeServer server_;
  TempDir directory_;
  std::string mapping_ = directory_.Join("map.sql");
  std::string orders_ = directory_.Join("orders.csv");
  std::string customers_ = directory_.Join("customers.csv");
};

TEST_F(ImportCommandTest, SendsGoodRowsAndReportsBadOnes) {
  const RunResult result = Import({});
  EXPECT_EQ(result.code, cli::kExitRefused) << result.err;
  EXPECT_THAT(server_.touchpoints.stored_ids(), ElementsAre("1", "3"));
  EXPECT_THAT(result.err,
              HasSubstr("row 2 of the SELECT refused: column "
                        "\"occurred_at\", value \"never\": \"never\" is no "
                        "instant"));
  EXPECT_THAT(result.err,
              HasSubstr("orders.csv: line 5 refused: has 2 fields, the header "
                        "has 3"));
  EXPECT_THAT(result.err, HasSubstr("2 appended, 0 repeated, 2 refused"));
  EXPECT_THAT(Import({}).err, HasSubstr("0 appended, 2 repeated, 2 refused"));
}

TEST_F(ImportCommandTest, NamesTheFileWhereThereIsOnlyOne) {
  WriteFile(mapping_,
            "SELECT rowid AS _line, 'shop' AS source, id AS touchpoint_id, "
            "day AS occurred_at FROM orders");
  EXPECT_THAT(RunCli(server_.With({"import", "--sql", mapping_, orders_})).err,
              HasSubstr("\n" + orders_ + ": line 3 refused: column "));
  EXPECT_THAT(Import({}).err, HasSubstr("\nline 3 refused: column "));
}

TEST_F(ImportCommandTest, DryRunPrintsAndSendsNothing) {
  const RunResult result = Import({"--dry-run"});
  EXPECT_TRUE(server_.touchpoints.stored_ids().empty());
  EXPECT_THAT(result.out,
              HasSubstr("{\"source\":\"shop\",\"touchpoint_id\":\"1\","));
  EXPECT_THAT(result.err, HasSubstr("2 touchpoints printed"));
}

TEST_F(ImportCommandTest, StrictStopsAtTheFirstBadRow) {
  const RunResult result = Import({"--strict"});
  EXPECT_EQ(result.code, cli::kExitRefused);
  EXPECT_THAT(server_.touchpoints.stored_ids(), ::testing::IsEmpty());
}

TEST_F(ImportCommandTest, RefusesAMappingThatNamesNoField) {
  WriteFile(mapping_, "SELECT id AS touchpoint, day FROM orders");
  const RunResult result = Import({});
  EXPECT_EQ(result.code, cli::kExitUsage);
  EXPECT_THAT(result.err, HasSubstr("column \"touchpoint\""));
  EXPECT_EQ(server_.touchpoints.batches(), 0);
}

TEST_F(ImportCommandTest, MissingFilesAreErrors) {
  EXPECT_EQ(
      RunCli(server_.With({"import", "--sql", "/nonexistent/m.sql", orders_}))
          .code,
      cli::kExitFailed);
  EXPECT_EQ(
      RunCli(server_.With({"import", "--sql", mapping_, "/nonexistent/x.csv"}))
          .code,
      cli::kExitFailed);
}

}  // namespace
}  // namespace journey::testing
