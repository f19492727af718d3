// What is odd about the reports on a deal is shown, and changes nothing else.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAreArray;

// The changes of deal D, one a day from 1 January on.
v1::Deal DealAfter(const std::vector<std::string>& changes) {
  std::vector<v1::Touchpoint> given;
  for (size_t i = 0; i < changes.size(); ++i) {
    given.push_back(
        Tp(absl::StrCat(i), absl::StrCat("2025-01-0", i + 1),
           absl::StrCat("account_id: 'A' deal_id: 'D' deal { action: ACTION_",
                        changes[i], " }")));
  }
  return DealAt("2025-02-01", "D", given);
}

TEST(DealFlags, TellWhatIsOdd) {
  const struct {
    const char* desc;
    std::vector<std::string> changes;
    std::vector<int> want;
  } cases[] = {
      {"nothing is odd",
       {"OPENED amount { amount_minor: 5 currency_code: 'EUR' }", "WON"},
       {}},
      {"unknown pipeline: its stages are not known either",
       {"OPENED pipeline_id: 'x' stage_id: 'proposal'"},
       {v1::DEAL_FLAG_UNKNOWN_PIPELINE}},
      {"unknown stage",
       {"OPENED stage_id: 'x'"},
       {v1::DEAL_FLAG_UNKNOWN_STAGE}},
      {"no longer in an unknown stage",
       {"OPENED stage_id: 'x'", "STAGE_CHANGED stage_id: 'proposal'"},
       {}},
      {"two currencies, and a negative amount",
       {"OPENED amount { amount_minor: 5 currency_code: 'EUR' }",
        "UPDATED amount { amount_minor: -5 currency_code: 'USD' }"},
       {v1::DEAL_FLAG_CURRENCY_CHANGED, v1::DEAL_FLAG_NEGATIVE_AMOUNT}},
      {"no longer negative",
       {"OPENED amount { amount_minor: -5 currency_code: 'EUR' }",
        "UPDATED amount { amount_minor: 5 currency_code: 'EUR' }"},
       {}},
      {"won and lost",
       {"OPENED", "WON", "LOST"},
       {v1::DEAL_FLAG_DECIDED_TWICE}},
      {"opened again between", {"OPENED", "WON", "REOPENED", "LOST"}, {}},
      {"opened again afterwards, it was decided twice all the same",
       {"WON", "WON", "REOPENED"},
       {v1::DEAL_FLAG_DECIDED_TWICE}},
      {"moved after it was decided",
       {"WON", "STAGE_CHANGED stage_id: 'proposal'"},
       {v1::DEAL_FLAG_MOVED_AFTER_DECISION}},
      {"by an update",
       {"LOST", "UPDATED stage_id: 'proposal'"},
       {v1::DEAL_FLAG_MOVED_AFTER_DECISION}},
      {"to where it is", {"WON", "STAGE_CHANGED stage_id: 'won'"}, {}},
      {"everything",
       {"WON amount { amount_minor: -1 currency_code: 'EUR' }",
        "STAGE_CHANGED stage_id: 'x'",
        "LOST stage_id: 'y' amount { amount_minor: -1 currency_code: 'USD' }"},
       {v1::DEAL_FLAG_UNKNOWN_STAGE, v1::DEAL_FLAG_CURRENCY_CHANGED,
        v1::DEAL_FLAG_NEGATIVE_AMOUNT, v1::DEAL_FLAG_DECIDED_TWICE,
        v1::DEAL_FLAG_MOVED_AFTER_DECISION}},
  };
  for (const auto& test : cases) {
    EXPECT_THAT(DealAfter(test.changes).flags(), ElementsAreArray(test.want))
        << test.desc;
  }
}

TEST(DealFlags, ReportsAreTakenOverAllTheSame) {
  const v1::Deal lost = DealAfter({"OPENED", "WON", "LOST"});
  EXPECT_EQ(lost.status(), v1::DEAL_STATUS_LOST);
  EXPECT_EQ(lost.stage().stage_id(), "lost");
  const v1::Deal moved =
      DealAfter({"OPENED", "WON", "STAGE_CHANGED stage_id: 'proposal'"});
  EXPECT_EQ(moved.status(), v1::DEAL_STATUS_WON);
  EXPECT_EQ(moved.stage().stage_id(), "proposal");
  const v1::Deal negative =
      DealAfter({"OPENED amount { amount_minor: -5 currency_code: 'EUR' }"});
  EXPECT_EQ(negative.amount().amount_minor(), -5);
}

}  // namespace
}  // namespace journey::testing
