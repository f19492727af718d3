// journeyctl import over real files: repeated, interrupted, and with a bad
// row.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <string>

#include "tests/data/real_data.h"
#include "tests/data/real_server.h"

namespace journey::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kMapping[] =
    "SELECT rowid AS \"_line\", 'shop' AS source, id AS touchpoint_id, "
    "day AS occurred_at, customer AS account_id, 'issued' AS "
    "\"invoice.action\", id AS \"invoice.invoice_id\" FROM orders";

TEST(ImportTest, SecondImportAddsNothing) {
  const auto folder = FindDataSet("crm_sales");
  if (!folder.has_value()) GTEST_SKIP() << "no data";
  RealServer server("crm_sales");
  ASSERT_TRUE(server.ready());
  const std::string file = *folder + "/sales_pipeline.csv.gz";
  const CtlResult first = server.Import("crm_sales", file);
  ASSERT_EQ(first.code, 0) << first.err;
  const size_t events = server.Read({}).size();
  EXPECT_GT(events, 0u);

  const CtlResult second = server.Import("crm_sales", file);

  EXPECT_EQ(second.code, 0);
  EXPECT_THAT(second.err, HasSubstr("\n0 appended, "));
  EXPECT_EQ(server.Read({}).size(), events);
}

TEST(ImportTest, GoesOnWithoutDuplicatesAfterCtrlC) {
  const auto folder = FindDataSet("online_retail");
  if (!folder.has_value()) GTEST_SKIP() << "no data";
  const google::protobuf::Struct truth = LoadTruth(*folder);
  RealServer server("online_retail");
  ASSERT_TRUE(server.ready());
  const std::string file = *folder + "/online_retail_by_day.csv.gz";
  const auto child = server.Start(
      {"import", "--sql",
       JOURNEY_SOURCE_DIR "/deploy/mappings/online_retail.sql", file});
  server.WaitForFirstEvent();
  child->Signal(SIGINT);
  EXPECT_EQ(child->Wait(), 130) << child->err();
  EXPECT_THAT(child->err(), HasSubstr("Interrupted. Repeat the command"));
  const size_t after_interrupt = server.Read({}).size();
  EXPECT_GT(after_interrupt, 0u);

  const CtlResult again = server.Import("online_retail", file);

  ASSERT_EQ(again.code, 0) << again.err;
  const google::protobuf::Struct& kinds = ObjectAt(truth, "invoices");
  EXPECT_EQ(static_cast<int64_t>(server.Read({}).size()),
            IntAt(kinds, "sale") + IntAt(kinds, "cancellation"));
}

TEST(ImportTest, ReportsTheLineOfABadRowAndGoesOn) {
  RealServer server("default");
  ASSERT_TRUE(server.ready());
  const std::string mapping = server.directory().Join("orders.sql");
  const std::string file = server.directory().Join("orders.csv");
  WriteFile(mapping, kMapping);
  WriteFile(file,
            "id,day,customer\r\n"
            "1,2024-01-01,acme\r\n"
            "2,yesterday,acme\r\n"
            "3,2024-01-03,\r\n"
            "4,2024-01-04,acme\r\n");

  const CtlResult result = server.Run({"import", "--sql", mapping, file});

  EXPECT_EQ(result.code, 5) << result.err;
  EXPECT_THAT(result.err, HasSubstr("line 3 refused: column \"occurred_at\", "
                                    "value \"yesterday\""));
  EXPECT_THAT(result.err, HasSubstr("line 4 refused: "));
  EXPECT_THAT(result.err, HasSubstr("2 appended, 0 repeated, 2 refused"));
  EXPECT_EQ(server.Read({}).size(), 2u);
}

TEST(ImportTest, StrictImportStopsAtTheFirstBadRow) {
  RealServer server("default");
  ASSERT_TRUE(server.ready());
  const std::string mapping = server.directory().Join("orders.sql");
  const std::string file = server.directory().Join("orders.csv");
  WriteFile(mapping, kMapping);
  WriteFile(file,
            "id,day,customer\n"
            "1,2024-01-01,acme\n"
            "2,2024-01-02,\n"
            "3,2024-01-03,acme\n");

  const CtlResult result =
      server.Run({"import", "--strict", "--sql", mapping, file});

  EXPECT_EQ(result.code, 5) << result.err;
  EXPECT_THAT(result.err, HasSubstr("1 appended, 0 repeated, 1 refused"));
  EXPECT_EQ(server.Read({}).size(), 1u);
}

}  // namespace
}  // namespace journey::testing
