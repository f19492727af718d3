#include "projections/rules/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "service/core/time.h"
#include "tests/rules/sample_rules.h"

namespace journey::projections {
namespace {

std::shared_ptr<const Rules> MakeRules(v1::RuleSet rule_set) {
  auto rules = Rules::Make(std::move(rule_set));
  EXPECT_TRUE(rules.ok()) << rules.status();
  return *rules;
}

std::shared_ptr<const Rules> MakeRulesIn(const std::string& time_zone) {
  v1::RuleSet rule_set = testing::SampleRules();
  rule_set.set_time_zone(time_zone);
  return MakeRules(std::move(rule_set));
}

v1::Date Day(int year, int month, int day) {
  v1::Date date;
  date.set_year(year);
  date.set_month(month);
  date.set_day(day);
  return date;
}

TEST(RulesTest, StagesAreFoundByConditionAndBack) {
  const auto rules = MakeRules(testing::SampleRules());
  EXPECT_EQ(rules->StageFor(v1::ENTRY_CONDITION_DEAL_OPEN).id(), "s3");
  EXPECT_EQ(rules->StageFor(v1::ENTRY_CONDITION_LATER_PURCHASE).id(), "s6");
  EXPECT_EQ(rules->StageFor(v1::ENTRY_CONDITION_UNSPECIFIED).id(), "s1");
  EXPECT_EQ(rules->ConditionOf("s4"), v1::ENTRY_CONDITION_FIRST_PURCHASE);
  EXPECT_EQ(rules->ConditionOf("s7"), v1::ENTRY_CONDITION_UNSPECIFIED);
}

TEST(RulesTest, PipelinesAndTheirStagesAreFoundById) {
  const auto rules = MakeRules(testing::SampleRules());
  ASSERT_NE(rules->FindPipeline("p2"), nullptr);
  EXPECT_EQ(rules->FindPipeline("p2")->name(), "Second");
  EXPECT_EQ(rules->FindPipeline("p3"), nullptr);
  ASSERT_NE(rules->FindStage("p1", "open"), nullptr);
  EXPECT_EQ(rules->FindStage("p1", "open")->stall_days(), 7);
  EXPECT_EQ(rules->FindStage("p2", "open")->stall_days(), 9);
  EXPECT_EQ(rules->FindStage("p2", "won"), nullptr);
  EXPECT_EQ(rules->FindStage("p3", "open"), nullptr);
}

TEST(RulesTest, SqlIntentsAreThoseListed) {
  const auto rules = MakeRules(testing::SampleRules());
  EXPECT_TRUE(rules->IsSqlIntent(v1::FormSubmission::INTENT_DEMO));
  EXPECT_FALSE(rules->IsSqlIntent(v1::FormSubmission::INTENT_PRICING));
  EXPECT_FALSE(rules->IsSqlIntent(v1::FormSubmission::INTENT_UNSPECIFIED));
}

TEST(RulesTest, DigestIsThatOfTheContent) {
  const auto a = MakeRules(testing::SampleRules());
  const auto b = MakeRules(testing::SampleRules());
  EXPECT_EQ(a->sha256().size(), 32U);
  EXPECT_EQ(a->sha256(), b->sha256());
  EXPECT_NE(a->sha256(), MakeRulesIn("UTC")->sha256());
}

TEST(RulesTest, DayEndsAtMidnightOfTheTenant) {
  struct {
    const char* desc;
    const char* time_zone;
    v1::Date day;
    const char* end;
  } const cases[] = {
      {"UTC", "UTC", Day(2026, 1, 31), "2026-02-01T00:00:00Z"},
      {"end of the year", "UTC", Day(2025, 12, 31), "2026-01-01T00:00:00Z"},
      {"leap day", "UTC", Day(2024, 2, 28), "2024-02-29T00:00:00Z"},
      {"east", "Europe/Berlin", Day(2026, 1, 31), "2026-01-31T23:00:00Z"},
      {"east in summer", "Europe/Berlin", Day(2026, 7, 1),
       "2026-07-01T22:00:00Z"},
      {"west", "America/New_York", Day(2026, 1, 31), "2026-02-01T05:00:00Z"},
      {"half an hour", "Asia/Kolkata", Day(2026, 1, 31),
       "2026-01-31T18:30:00Z"},
      {"midnight skipped", "America/Sao_Paulo", Day(2018, 11, 3),
       "2018-11-04T03:00:00Z"},
      {"midnight skipped in Beirut", "Asia/Beirut", Day(2022, 3, 26),
       "2022-03-26T22:00:00Z"},
      {"midnight twice: the earlier", "America/Havana", Day(2022, 11, 5),
       "2022-11-06T04:00:00Z"},
      {"the next day is skipped", "Pacific/Apia", Day(2011, 12, 29),
       "2011-12-30T10:00:00Z"},
      {"last day", "UTC", Day(9999, 12, 31), "10000-01-01T00:00:00Z"},
  };
  for (const auto& c : cases) {
    EXPECT_EQ(core::FormatInstant(MakeRulesIn(c.time_zone)->EndOfDay(c.day)),
              c.end)
        << c.desc;
  }
}

}  // namespace
}  // namespace journey::projections
