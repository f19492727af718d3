#include "cli/sql_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace journey::testing {
namespace {

using cli::SqlMapping;
using ::testing::HasSubstr;

TEST(SqlMappingTest, ConvertsARow) {
  const auto mapping = SqlMapping::FromColumns(
      {"_line", "source", "touchpoint_id", "occurred_at", "deal.action"});
  ASSERT_TRUE(mapping.ok());
  const std::vector<cli::Cell> row = {
      {"17", true}, {"crm"}, {"a"}, {"2025-03-01"}, {"won"}};
  EXPECT_EQ(mapping->LineOf(row), 17);
  const auto touchpoint = mapping->Convert(row);
  ASSERT_TRUE(touchpoint.ok());
  EXPECT_EQ(touchpoint->source(), "crm");
  EXPECT_EQ(touchpoint->deal().action(), v1::DealChange::ACTION_WON);
}

TEST(SqlMappingTest, NamesColumnAndValueThatDoNotFit) {
  const auto mapping = SqlMapping::FromColumns(
      {"source", "touchpoint_id", "occurred_at", "survey.score"});
  ASSERT_TRUE(mapping.ok());
  const auto touchpoint =
      mapping->Convert({{"crm"}, {"a"}, {"2025-03-01"}, {"ten"}});
  EXPECT_EQ(touchpoint.status().message(),
            "column \"survey.score\", value \"ten\": \"ten\" is no whole "
            "number of 32 bits");
}

TEST(SqlMappingTest, RefusesColumnsThatMakeNoTouchpoint) {
  const auto error = [](const std::vector<std::string>& columns) {
    return std::string(SqlMapping::FromColumns(columns).status().message());
  };
  EXPECT_THAT(error({"source", "source"}), HasSubstr("comes twice"));
  EXPECT_THAT(error({"source", "touchpoint_id"}),
              HasSubstr("has no column \"occurred_at\""));
  EXPECT_THAT(error({"count(*)"}), HasSubstr("column \"count(*)\": "));
}

}  // namespace
}  // namespace journey::testing
