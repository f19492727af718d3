// What a purchase that is undone leaves behind: nothing.
#include <random>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/random_scoring.h"
#include "tests/projections/scenario.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

constexpr char kDemo[] =
    "account_id: 'A' form_submission { intent: INTENT_DEMO }";
constexpr char kPricing[] =
    "account_id: 'A' form_submission { intent: INTENT_PRICING }";
constexpr char kContent[] =
    "account_id: 'A' form_submission { intent: INTENT_CONTENT }";

std::string Invoice(const std::string& id, const std::string& action) {
  return "account_id: 'A' invoice { action: ACTION_" + action +
         " invoice_id: '" + id + "' }";
}

std::string Verdict(const std::string& action) {
  return "account_id: 'A' qualification { action: ACTION_" + action + " }";
}

std::string StatusSince(const v1::LeadStanding& lead) {
  return v1::LeadStatus_Name(lead.status()) + " " +
         core::FormatInstant(core::ToMicros(lead.since()));
}

TEST(UndonePurchase, WhatWasSaidOfACustomerStillHolds) {
  const struct {
    const char* desc;
    std::vector<v1::Touchpoint> said;
    const char* want;
  } cases[] = {
      {"nothing", {}, "LEAD_STATUS_NONE 2025-10-01T00:00:00Z"},
      {"a request",
       {Tp("3", "2025-10-05", kDemo)},
       "LEAD_STATUS_SQL 2025-10-05T00:00:00Z"},
      {"disqualified",
       {Tp("3", "2025-10-05", Verdict("DISQUALIFIED"))},
       "LEAD_STATUS_DISQUALIFIED 2025-10-05T00:00:00Z"},
      {"disqualified, and a request all the same",
       {Tp("3", "2025-10-04", Verdict("DISQUALIFIED")),
        Tp("4", "2025-10-05", kDemo)},
       "LEAD_STATUS_DISQUALIFIED 2025-10-04T00:00:00Z"},
      {"accepted",
       {Tp("3", "2025-10-05", Verdict("ACCEPTED"))},
       "LEAD_STATUS_SQL 2025-10-05T00:00:00Z"},
      {"a request, then recycled",
       {Tp("3", "2025-10-04", kDemo),
        Tp("4", "2025-10-05", Verdict("RECYCLED"))},
       "LEAD_STATUS_RECYCLED 2025-10-05T00:00:00Z"},
  };
  for (const auto& test : cases) {
    std::vector<v1::Touchpoint> history = {
        Tp("1", "2025-10-01", kContent),
        Tp("2", "2025-10-02", Invoice("I", "ISSUED"))};
    history.insert(history.end(), test.said.begin(), test.said.end());
    EXPECT_EQ(JourneyAt("2025-10-05", history).lead().status(),
              v1::LEAD_STATUS_CUSTOMER)
        << test.desc;
    history.push_back(Tp("9", "2025-10-06", Invoice("I", "CANCELLED")));
    const v1::LeadStanding lead = JourneyAt("2025-10-06", history).lead();
    EXPECT_EQ(StatusSince(lead), test.want) << test.desc;
    EXPECT_FALSE(lead.has_open_request()) << test.desc;
  }
}

TEST(UndonePurchase, LeadIsAsIfItHadNeverBeen) {
  std::mt19937 random(TestSeed(20261126));
  for (int i = 0; i < 300; ++i) {
    RandomHistoryOptions options;
    options.touchpoints = 2 + i % 40;
    options.days = 5 + i % 100;
    std::vector<v1::Touchpoint> history;
    for (const v1::Touchpoint& t : MarketingHistory(random, options)) {
      if (!t.has_invoice() && !t.has_deal()) history.push_back(t);
    }
    const core::Micros bought =
        At("2025-01-02") +
        static_cast<core::Micros>(random() % 100) * core::kMicrosPerDay / 2;
    history.push_back(Tp("a", "2025-01-01", kContent));
    const v1::Journey want = JourneyAt("2025-06-01", history);
    history.push_back(
        Tp("b", core::FormatInstant(bought), Invoice("I", "ISSUED")));
    history.push_back(Tp("c",
                         core::FormatInstant(bought + 40 * core::kMicrosPerDay),
                         Invoice("I", "CANCELLED")));
    EXPECT_EQ(JourneyAt("2025-06-01", history).lead().DebugString(),
              want.lead().DebugString())
        << Dump(TestRules()->rule_set(), history, At("2025-06-01"));
  }
}

TEST(UndonePurchase, RequestThatItAnsweredIsOpenAgain) {
  std::vector<v1::Touchpoint> history = {
      Tp("1", "2025-10-01", Invoice("I1", "ISSUED")),
      Tp("2", "2025-10-02", kDemo),
      Tp("3", "2025-10-03", Invoice("I2", "ISSUED")),
      Tp("4", "2025-10-04", kPricing),
      Tp("5", "2025-10-05", Invoice("I3", "ISSUED"))};
  const auto open_request = [&](const char* day) {
    const v1::LeadStanding lead = JourneyAt(day, history).lead();
    EXPECT_EQ(lead.status(), v1::LEAD_STATUS_CUSTOMER);
    return lead.has_open_request()
               ? lead.open_request().explanation().causes(0).touchpoint_id()
               : "";
  };
  EXPECT_EQ(open_request("2025-10-05"), "");
  // The third purchase answers what the second had.
  history.push_back(Tp("6", "2025-10-06", Invoice("I2", "CANCELLED")));
  EXPECT_EQ(open_request("2025-10-06"), "");
  history.push_back(Tp("7", "2025-10-07", Invoice("I3", "CANCELLED")));
  EXPECT_EQ(open_request("2025-10-07"), "2");
  history.push_back(Tp("8", "2025-10-08", Invoice("I4", "ISSUED")));
  EXPECT_EQ(open_request("2025-10-08"), "");
  history.push_back(Tp("9", "2025-10-09", Verdict("RECYCLED")));
  history.push_back(Tp("91", "2025-10-10", Invoice("I4", "CANCELLED")));
  EXPECT_EQ(open_request("2025-10-10"), "");
}

}  // namespace
}  // namespace journey::testing
