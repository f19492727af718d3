// Lists of journeys by score, and by a lead status that time alone ends.
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/core/limits.h"
#include "service/core/time.h"
#include "tests/support/engine.h"
#include "tests/support/history.h"
#include "tests/support/temp_dir.h"

namespace journey::testing {
namespace {

absl::Status Always() { return absl::OkStatus(); }

// 25 points each by the default rule set, through marketing.
constexpr char kTrial[] =
    "account_id: 'M' campaign { name: 'spring' } "
    "form_submission { intent: INTENT_TRIAL }";

class ScoreListTest : public ::testing::Test {
 protected:
  void Open(const std::string& rules_file = "") {
    auto engine = Engine::Open({dir_.path(), rules_file});
    ASSERT_TRUE(engine.ok()) << engine.status();
    engine_ = *std::move(engine);
  }

  static v1::ListJourneysRequest RequestAt(core::Micros as_of) {
    v1::ListJourneysRequest request;
    request.set_tenant_id(Engine::kTenant);
    request.set_page_size(core::kPageSizeMax);
    *request.mutable_as_of() = core::ToTimestamp(as_of);
    return request;
  }

  std::vector<v1::Journey> List(const v1::ListJourneysRequest& request) {
    const auto response = engine_->views().ListJourneys(request, Always);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    EXPECT_EQ(response->next_page_token(), "");
    return {response->journeys().begin(), response->journeys().end()};
  }

  // The status in whose list journey "M" stands; it stands in one only.
  v1::LeadStatus ListedAt(core::Micros instant) {
    auto request = RequestAt(instant);
    v1::LeadStatus found = v1::LEAD_STATUS_UNSPECIFIED;
    for (int i = v1::LEAD_STATUS_NONE; i <= v1::LeadStatus_MAX; ++i) {
      request.set_lead_status(static_cast<v1::LeadStatus>(i));
      for (const v1::Journey& journey : List(request)) {
        if (journey.subject().id() != "M") continue;
        EXPECT_EQ(found, v1::LEAD_STATUS_UNSPECIFIED);
        found = journey.lead().status();
      }
    }
    return found;
  }

  TempDir dir_;
  std::unique_ptr<Engine> engine_;
};

TEST_F(ScoreListTest, MqlLeavesItsListByTimeAlone) {
  Open();
  for (const char* id : {"1", "2", "3", "4"}) {
    ASSERT_TRUE(engine_->Append({Tp(id, "2025-07-01", kTrial)}).ok());
  }
  // 100 points are 50, the threshold, after one half-life of 30 days.
  const core::Micros falls = At("2025-07-31") + core::kMicrosPerSecond;
  EXPECT_EQ(ListedAt(At("2025-07-01")), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(ListedAt(falls - 1), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(ListedAt(falls), v1::LEAD_STATUS_NONE);
  EXPECT_EQ(ListedAt(At("2035-01-01")), v1::LEAD_STATUS_NONE);
  // Another touchpoint keeps it there for longer.
  ASSERT_TRUE(engine_->Append({Tp("5", "2025-07-30", kTrial)}).ok());
  EXPECT_EQ(ListedAt(falls), v1::LEAD_STATUS_MQL);
  // Taken back, the list is as before.
  ASSERT_TRUE(engine_->Retract("5").ok());
  EXPECT_EQ(ListedAt(falls - 1), v1::LEAD_STATUS_MQL);
  EXPECT_EQ(ListedAt(falls), v1::LEAD_STATUS_NONE);
}

TEST_F(ScoreListTest, ScoresChooseJourneysByRange) {
  Open();
  std::mt19937 random(TestSeed(11));
  RandomHistoryOptions options;
  options.touchpoints = 400;
  options.accounts = 15;
  options.contacts = 10;
  std::vector<v1::Touchpoint> history = RandomHistory(random, options);
  for (const char* account : {"A20", "A21"}) {
    history.push_back(Tp(account, "2025-01-15",
                         absl::StrCat("account_id: '", account,
                                      "' profile { mail_domain: 'gmx.de' }")));
  }
  ASSERT_TRUE(engine_->Append(history).ok());
  const auto name = [](const v1::Journey& journey) {
    return journey.subject().ShortDebugString();
  };
  const auto names = [&](const v1::ListJourneysRequest& request) {
    std::set<std::string> out;
    for (const v1::Journey& journey : List(request)) out.insert(name(journey));
    return out;
  };
  // In the past, and for an instant that the newest state answers.
  for (const char* day : {"2025-02-01", "2025-06-01"}) {
    std::set<std::string> by_behaviour;
    std::set<std::string> by_fit;
    for (const v1::Journey& journey : List(RequestAt(At(day)))) {
      const double points = journey.scores().behaviour().points();
      if (points >= 1 && points <= 15) by_behaviour.insert(name(journey));
      if (journey.scores().fit().points() < 0) by_fit.insert(name(journey));
    }
    EXPECT_FALSE(by_behaviour.empty());
    EXPECT_FALSE(by_fit.empty());
    auto request = RequestAt(At(day));
    request.mutable_behaviour_score()->set_min(1);
    request.mutable_behaviour_score()->set_max(15);
    EXPECT_EQ(names(request), by_behaviour);
    request.clear_behaviour_score();
    request.mutable_fit_score()->set_max(-1);
    EXPECT_EQ(names(request), by_fit);
  }
}

TEST_F(ScoreListTest, RangeOfAScoreThatThereIsNotIsRefused) {
  Open(JOURNEY_RULES_DIR "/online_retail.yaml");
  auto request = RequestAt(At("2025-01-01"));
  request.mutable_behaviour_score()->set_min(0);
  EXPECT_EQ(engine_->views().ListJourneys(request, Always).status().code(),
            absl::StatusCode::kInvalidArgument);
  request.clear_behaviour_score();
  request.mutable_fit_score();
  EXPECT_EQ(engine_->views().ListJourneys(request, Always).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace journey::testing
