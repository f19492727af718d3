// What ChangeFinder tells, and how much it looks at.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "projections/changes.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;

constexpr int kDeals = 3000;

// Follows account 'A' from its beginning to an instant.
class Following {
 public:
  explicit Following(int asks_max = -1)
      : finder_(*rules_, projections::JourneyFold(AccountA()), 0,
                [this, asks_max] {
                  return asked_++ == asks_max ? absl::CancelledError("")
                                              : absl::OkStatus();
                }) {}

  absl::Status Follow(const std::vector<v1::Touchpoint>& touchpoints,
                      absl::string_view until) {
    const auto tell = [&](v1::JourneyChange change) {
      changes_.push_back(std::move(change));
    };
    for (const v1::Touchpoint& touchpoint : touchpoints) {
      absl::Status status = finder_.Apply(touchpoint, tell);
      if (!status.ok()) return status;
    }
    return finder_.AdvanceTo(At(until), tell);
  }

  // "2025-01-08T00:00:00Z D INACTIVE since 2025-01-08T00:00:00Z" and so on.
  [[nodiscard]] std::vector<std::string> Stalls() const {
    std::vector<std::string> out;
    for (const v1::JourneyChange& change : changes_) {
      if (!change.has_stall()) continue;
      const v1::StallChange& stall = change.stall();
      out.push_back(absl::StrCat(
          core::FormatInstant(core::ToMicros(change.at())), " ",
          stall.deal_id(), stall.ended() ? " no longer " : " ",
          absl::StripPrefix(v1::StallReason_Name(stall.reason()),
                            "STALL_REASON_"),
          stall.severity() == v1::STALL_SEVERITY_CRITICAL ? " critically" : "",
          " since ", core::FormatInstant(core::ToMicros(stall.since()))));
    }
    return out;
  }

  // Why stalls ended.
  [[nodiscard]] std::vector<std::string> Ends() const {
    std::vector<std::string> out;
    for (const v1::JourneyChange& change : changes_) {
      if (!change.stall().ended()) continue;
      out.push_back(absl::StrCat(
          change.explanation().rule_id(), ": ", change.explanation().text(),
          " @", change.explanation().causes(0).touchpoint_id()));
    }
    return out;
  }

  [[nodiscard]] int asked() const { return asked_; }

 private:
  const std::shared_ptr<const projections::Rules> rules_ = TestRules();
  int asked_ = 0;
  projections::ChangeFinder finder_;
  std::vector<v1::JourneyChange> changes_;
};

v1::Touchpoint Opened(int deal, absl::string_view at) {
  return Tp(absl::StrCat("open", deal), at,
            absl::StrCat("account_id: 'A' deal_id: 'D", deal,
                         "' deal { action: ACTION_OPENED }"));
}

TEST(Changes, OfferThatTakesOverAtALapseIsTold) {
  const std::string offer =
      "account_id: 'A' deal_id: 'D0' offer { action: ACTION_SENT ";
  Following following;
  ASSERT_TRUE(following
                  .Follow({Opened(0, "2025-01-01"),
                           Tp("1", "2025-01-02",
                              offer + "offer_id: '1' valid_until { seconds: " +
                                  absl::StrCat(At("2025-01-30") /
                                               core::kMicrosPerSecond) +
                                  " } }"),
                           Tp("2", "2025-01-05", offer + "offer_id: '2' }"),
                           Tp("3", "2025-02-01",
                              "account_id: 'A' deal_id: 'D0' "
                              "email { action: ACTION_REPLIED }")},
                          "2025-02-02")
                  .ok());
  EXPECT_THAT(
      following.Stalls(),
      ElementsAre(
          "2025-01-08T00:00:00Z D0 INACTIVE since 2025-01-08T00:00:00Z",
          "2025-01-15T00:00:00Z D0 NEGLECTED since 2025-01-15T00:00:00Z",
          "2025-01-23T00:00:00Z D0 UNANSWERED_OFFER since "
          "2025-01-23T00:00:00Z",
          "2025-01-30T00:00:00Z D0 UNANSWERED_OFFER since "
          "2025-01-26T00:00:00Z",
          "2025-02-01T00:00:00Z D0 no longer UNANSWERED_OFFER since "
          "2025-01-26T00:00:00Z",
          "2025-02-01T00:00:00Z D0 no longer INACTIVE since "
          "2025-01-08T00:00:00Z"));
}

TEST(Changes, EndOfAStallIsExplainedByWhatEndedIt) {
  Following following;
  ASSERT_TRUE(
      following
          .Follow({Opened(0, "2025-01-01"),
                   Tp("1", "2025-01-02",
                      absl::StrCat("account_id: 'A' deal_id: 'D0' offer { "
                                   "action: ACTION_SENT offer_id: '1' "
                                   "valid_until { seconds: ",
                                   At("2025-01-30") / core::kMicrosPerSecond,
                                   " } }")),
                   Tp("2", "2025-02-01",
                      "account_id: 'A' email { action: ACTION_REPLIED }"),
                   Tp("3", "2025-02-02",
                      "account_id: 'A' owner_id: 'O' "
                      "email { action: ACTION_SENT }"),
                   Tp("4", "2025-02-20",
                      "account_id: 'A' deal_id: 'D0' "
                      "deal { action: ACTION_WON }")},
                  "2025-02-20")
          .ok());
  EXPECT_THAT(
      following.Ends(),
      ElementsAre(
          "stall.unanswered_offer: The offer that waited has lapsed. @1",
          "stall.inactive: The customer was heard. @2",
          "stall.neglected: The company was heard. @3",
          "stall.inactive: The deal was won. @4",
          "stall.neglected: The deal was won. @4"));
}

TEST(Changes, StallThatBecomesCriticalIsToldAgain) {
  std::vector<v1::Touchpoint> given = {Opened(0, "2025-01-01")};
  for (const char* day : {"2025-01-01", "2025-01-02", "2025-01-03",
                          "2025-01-06", "2025-01-07", "2025-01-14"}) {
    given.push_back(Tp(day, absl::StrCat(day, "T10:00:00Z"),
                       "account_id: 'A' owner_id: 'O' chat { messages: 1 }"));
  }
  Following following;
  ASSERT_TRUE(following.Follow(given, "2025-01-15").ok());
  EXPECT_THAT(
      following.Stalls(),
      ElementsAre(
          "2025-01-10T10:00:00Z D0 OUT_OF_PACE since 2025-01-10T10:00:00Z",
          "2025-01-13T10:00:00Z D0 OUT_OF_PACE critically since "
          "2025-01-10T10:00:00Z",
          "2025-01-14T10:00:00Z D0 INACTIVE since 2025-01-14T10:00:00Z",
          "2025-01-14T10:00:00Z D0 no longer INACTIVE since "
          "2025-01-14T10:00:00Z",
          "2025-01-14T10:00:00Z D0 no longer OUT_OF_PACE critically since "
          "2025-01-10T10:00:00Z",
          "2025-01-15T00:00:00Z D0 NEGLECTED since 2025-01-15T00:00:00Z"));
}

// Deals that are opened a minute apart.
std::vector<v1::Touchpoint> ManyDeals() {
  std::vector<v1::Touchpoint> out;
  for (int i = 0; i < kDeals; ++i) {
    out.push_back(Opened(
        i, core::FormatInstant(At("2025-01-01") +
                               i * int64_t{60} * core::kMicrosPerSecond)));
  }
  return out;
}

TEST(Changes, OnlyDealsThatAreConcernedAreLookedAt) {
  Following following;
  ASSERT_TRUE(following.Follow(ManyDeals(), "2025-03-01").ok());
  EXPECT_EQ(following.Stalls().size(), 2 * kDeals);
  // When it is opened, becomes inactive and is neglected.
  EXPECT_EQ(following.asked(), 3 * kDeals);
}

TEST(Changes, EndsWhenTheyAreNotWantedAnyMore) {
  Following following(kDeals + 10);
  EXPECT_EQ(following.Follow(ManyDeals(), "2025-03-01").code(),
            absl::StatusCode::kCancelled);
  EXPECT_EQ(following.asked(), kDeals + 11);
}

}  // namespace
}  // namespace journey::testing
