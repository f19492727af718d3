#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kOpened[] =
    "account_id: 'A' deal_id: 'D' deal { action: ACTION_OPENED }";
constexpr char kReply[] = "account_id: 'A' email { action: ACTION_REPLIED }";

// Stalls of deal D, opened on 1 January, after some more touchpoints.
std::vector<std::string> Stalls(absl::string_view instant,
                                std::vector<v1::Touchpoint> given,
                                const std::string& rules_change = "") {
  given.push_back(Tp("0", "2025-01-01", kOpened));
  return StallsOf(DealAt(instant, "D", given, rules_change));
}

std::string Offer(const std::string& fields) {
  return "account_id: 'A' deal_id: 'D' offer { action: ACTION_SENT " + fields +
         " }";
}

TEST(Inactive, HoldsFromExactlyTheStallDaysOn) {
  EXPECT_THAT(Stalls("2025-01-07T23:59:59.999999Z", {}), IsEmpty());
  EXPECT_THAT(Stalls("2025-01-08", {}),
              ElementsAre("INACTIVE since 2025-01-08T00:00:00Z"));
}

TEST(Inactive, OnlyTheCustomerEndsTheSilence) {
  const std::string ours =
      "account_id: 'A' owner_id: 'O' email { action: ACTION_SENT }";
  EXPECT_THAT(Stalls("2025-01-09", {Tp("1", "2025-01-05", ours)}),
              ElementsAre("INACTIVE since 2025-01-08T00:00:00Z"));
  EXPECT_THAT(Stalls("2025-01-09", {Tp("1", "2025-01-05", kReply)}), IsEmpty());
  EXPECT_THAT(Stalls("2025-01-12", {Tp("1", "2025-01-05", kReply)}),
              ElementsAre("INACTIVE since 2025-01-12T00:00:00Z"));
}

TEST(Inactive, TouchpointOfAnotherDealDoesNotCount) {
  const std::string other =
      "account_id: 'A' deal_id: 'X' email { action: ACTION_REPLIED }";
  EXPECT_THAT(Stalls("2025-01-09", {Tp("1", "2025-01-05", other)}),
              ElementsAre("INACTIVE since 2025-01-08T00:00:00Z"));
}

TEST(Inactive, StageChangeDoesNotRestartIt) {
  const std::string moved =
      "account_id: 'A' deal_id: 'D' deal { action: ACTION_STAGE_CHANGED "
      "stage_id: 'proposal' }";
  EXPECT_THAT(Stalls("2025-01-09", {Tp("1", "2025-01-05", moved)}),
              ElementsAre("INACTIVE since 2025-01-08T00:00:00Z"));
}

TEST(Inactive, ReopeningRestartsIt) {
  const std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-02-01",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_LOST }"),
      Tp("2", "2025-03-01",
         "account_id: 'A' deal_id: 'D' deal { action: ACTION_REOPENED }")};
  EXPECT_THAT(Stalls("2025-02-15", {given[0]}), IsEmpty());
  EXPECT_THAT(Stalls("2025-03-07", given), IsEmpty());
  EXPECT_THAT(Stalls("2025-03-08", given),
              ElementsAre("INACTIVE since 2025-03-08T00:00:00Z"));
}

TEST(Inactive, AnnouncedSilenceRestartsItAndEndsWhenTheCustomerIsHeard) {
  const std::string silence =
      "account_id: 'A' expected_silence { until { seconds: 1738368000 } }";
  std::vector<v1::Touchpoint> given = {Tp("1", "2025-01-02", silence)};
  EXPECT_THAT(Stalls("2025-02-07", given),
              Not(Contains(StartsWith("INACTIVE"))));
  EXPECT_THAT(Stalls("2025-02-08", given),
              Contains("INACTIVE since 2025-02-08T00:00:00Z"));
  given.push_back(Tp("2", "2025-01-10", kReply));
  EXPECT_THAT(Stalls("2025-01-17", given),
              Contains("INACTIVE since 2025-01-17T00:00:00Z"));
}

TEST(UnansweredOffer, CountsFromTheEarliestSinceTheCustomersLastWord) {
  const std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-02", Offer("offer_id: 'F1'")),
      Tp("2", "2025-01-03", kReply),
      Tp("3", "2025-01-04", Offer("offer_id: 'F2'")),
      Tp("4", "2025-01-05", Offer("offer_id: 'F2'")),
      Tp("5", "2025-01-06", Offer("offer_id: 'F3'"))};
  EXPECT_THAT(Stalls("2025-01-24T23:59:59Z", given),
              Not(Contains(StartsWith("UNANSWERED_OFFER"))));
  EXPECT_THAT(Stalls("2025-01-25", given),
              Contains("UNANSWERED_OFFER since 2025-01-25T00:00:00Z"));
}

TEST(UnansweredOffer, WithdrawnReplacedAndLapsedOffersDoNotCount) {
  const struct {
    const char* desc;
    std::vector<v1::Touchpoint> given;
    const char* want;
  } cases[] = {
      {"withdrawn",
       {Tp("1", "2025-01-02", Offer("offer_id: 'F1'")),
        Tp("2", "2025-01-03",
           "account_id: 'A' deal_id: 'D' offer { action: ACTION_WITHDRAWN "
           "offer_id: 'F1' }")},
       ""},
      {"replaced",
       {Tp("1", "2025-01-02", Offer("offer_id: 'F1'")),
        Tp("2", "2025-01-10", Offer("offer_id: 'F2' replaces_offer_id: 'F1'"))},
       "UNANSWERED_OFFER since 2025-01-31T00:00:00Z"},
      {"lapsed before it is due",
       {Tp("1", "2025-01-02",
           Offer("offer_id: 'F1' valid_until { seconds: 1736899200 }"))},
       ""},
      {"another still stands",
       {Tp("1", "2025-01-02",
           Offer("offer_id: 'F1' valid_until { seconds: 1738281600 }")),
        Tp("2", "2025-01-05", Offer("offer_id: 'F2'"))},
       "UNANSWERED_OFFER since 2025-01-26T00:00:00Z"},
  };
  for (const auto& test : cases) {
    const auto stalls = Stalls("2025-02-05", test.given);
    if (test.want[0] == '\0') {
      EXPECT_THAT(stalls, Not(Contains(StartsWith("UNANSWERED_OFFER"))))
          << test.desc;
    } else {
      EXPECT_THAT(stalls, Contains(test.want)) << test.desc;
    }
  }
}

TEST(UnansweredOffer, NamesTheOfferThatStands) {
  // Valid until 1 March, and 1 February.
  const std::string lapses = "offer_id: 'OLD' valid_until { seconds: ";
  const struct {
    const char* desc;
    std::vector<v1::Touchpoint> given;
    const char* instant;
    const char* want;
  } cases[] = {
      {"both clocks start at the end of an announced silence",
       {Tp("1", "2025-01-02", Offer(lapses + "1740787200 }")),
        Tp("2", "2025-01-03", Offer("offer_id: 'NEW'")),
        Tp("3", "2025-01-04",
           "account_id: 'A' expected_silence { until { seconds: 1738368000 } "
           "}")},
       "2025-03-15",
       "Offer NEW, "},
      {"both clocks start when the deal is opened",
       {Tp("1", "2024-12-02", Offer(lapses + "1738368000 }")),
        Tp("2", "2024-12-03", Offer("offer_id: 'NEW'"))},
       "2025-02-15",
       "Offer NEW, "},
      {"the earlier one stands as well",
       {Tp("1", "2024-12-02", Offer(lapses + "1740787200 }")),
        Tp("2", "2024-12-03", Offer("offer_id: 'NEW'"))},
       "2025-02-15",
       "Offer OLD, "},
  };
  for (const auto& test : cases) {
    std::vector<v1::Touchpoint> given = test.given;
    given.push_back(Tp("0", "2025-01-01", kOpened));
    const v1::Deal deal = DealAt(test.instant, "D", given);
    ASSERT_EQ(deal.stalls(0).reason(), v1::STALL_REASON_UNANSWERED_OFFER);
    EXPECT_THAT(deal.stalls(0).explanation().text(), StartsWith(test.want))
        << test.desc;
  }
}

TEST(Slipped, WhenTheCloseDayIsOverInTheTenantsZone) {
  const std::string dated =
      "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED "
      "expected_close_date { year: 2025 month: 1 day: 3 } }";
  const std::vector<v1::Touchpoint> given = {Tp("1", "2025-01-02", dated)};
  EXPECT_THAT(Stalls("2025-01-03T23:59:59Z", given), IsEmpty());
  EXPECT_THAT(Stalls("2025-01-04", given),
              ElementsAre("SLIPPED since 2025-01-04T00:00:00Z"));
  EXPECT_THAT(Stalls("2025-01-04", given, "time_zone: 'Europe/Berlin'"),
              ElementsAre("SLIPPED since 2025-01-03T23:00:00Z"));
}

TEST(Slipped, WhenPushedTwice) {
  const auto dated = [](const std::string& id, int month) {
    return Tp(id, "2025-01-0" + id,
              "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED "
              "expected_close_date { year: 2025 month: " +
                  std::to_string(month) + " day: 1 } }");
  };
  EXPECT_THAT(Stalls("2025-01-05", {dated("2", 5), dated("3", 6)}), IsEmpty());
  EXPECT_THAT(Stalls("2025-01-05", {dated("2", 5), dated("3", 4)}), IsEmpty());
  EXPECT_THAT(
      Stalls("2025-01-05", {dated("2", 5), dated("3", 6), dated("4", 7)}),
      ElementsAre("SLIPPED since 2025-01-04T00:00:00Z"));
}

TEST(Neglected, OnlyTheCompanyEndsIt) {
  const std::string ours =
      "account_id: 'A' owner_id: 'O' email { action: ACTION_SENT }";
  const std::string bulk =
      "account_id: 'A' owner_id: 'O' email { action: ACTION_SENT bulk: true }";
  EXPECT_THAT(Stalls("2025-01-15", {Tp("1", "2025-01-10", kReply),
                                    Tp("2", "2025-01-10", bulk)}),
              ElementsAre("NEGLECTED since 2025-01-15T00:00:00Z"));
  EXPECT_THAT(Stalls("2025-01-16", {Tp("1", "2025-01-10", kReply),
                                    Tp("2", "2025-01-10", ours)}),
              IsEmpty());
}

TEST(Stall, CarriesItsRuleAndCauses) {
  const v1::Deal deal =
      DealAt("2025-02-01", "D",
             {Tp("0", "2025-01-01", kOpened), Tp("1", "2025-01-10", kReply)});
  ASSERT_EQ(deal.stalls_size(), 2);
  const v1::Explanation& why = deal.stalls(0).explanation();
  EXPECT_EQ(why.rule_id(), "stall.inactive");
  EXPECT_EQ(why.rule_set_version(), 3);
  ASSERT_EQ(why.causes_size(), 1);
  EXPECT_EQ(why.causes(0).touchpoint_id(), "1");
  EXPECT_EQ(deal.stalls(0).severity(), v1::STALL_SEVERITY_WARNING);
}

TEST(Deal, KeepsItsHistoryAndFields) {
  const v1::Deal deal = DealAt(
      "2025-01-05", "D",
      {Tp("0", "2025-01-01", kOpened),
       Tp("1", "2025-01-02",
          "account_id: 'A' deal_id: 'D' owner_id: 'O' deal { action: "
          "ACTION_STAGE_CHANGED stage_id: 'proposal' amount { amount_minor: 5 "
          "currency_code: 'EUR' } }"),
       Tp("2", "2025-01-03",
          "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED amount "
          "{ amount_minor: 7 currency_code: 'USD' } }"),
       Tp("3", "2025-01-04",
          "account_id: 'A' deal_id: 'D' deal { action: ACTION_WON }")});
  EXPECT_EQ(deal.status(), v1::DEAL_STATUS_WON);
  ASSERT_EQ(deal.stage_history_size(), 3);
  EXPECT_EQ(deal.stage_history(0).stage_id(), "prospecting");
  EXPECT_EQ(deal.stage_history(1).stage_id(), "proposal");
  EXPECT_EQ(deal.stage().stage_id(), "won");
  EXPECT_EQ(deal.win_probability_percent(), 100);
  EXPECT_TRUE(deal.currency_changed());
  EXPECT_EQ(deal.amount().amount_minor(), 7);
  EXPECT_EQ(deal.owner_id(), "O");
  EXPECT_EQ(core::ToMicros(deal.closed_at()), At("2025-01-04"));
  EXPECT_EQ(deal.explanation().causes(0).touchpoint_id(), "3");
  EXPECT_THAT(StallsOf(deal), IsEmpty());
}

TEST(Deal, ReopenedReturnsToTheStageBeforeItWasDecided) {
  const v1::Deal deal = DealAt(
      "2025-01-05", "D",
      {Tp("0", "2025-01-01", kOpened),
       Tp("1", "2025-01-02",
          "account_id: 'A' deal_id: 'D' deal { action: ACTION_LOST }"),
       Tp("2", "2025-01-03",
          "account_id: 'A' deal_id: 'D' deal { action: ACTION_REOPENED }")});
  EXPECT_EQ(deal.status(), v1::DEAL_STATUS_OPEN);
  EXPECT_EQ(deal.stage().stage_id(), "prospecting");
  EXPECT_FALSE(deal.has_closed_at());
  EXPECT_EQ(deal.explanation().rule_id(), "deal.reopened");
}

TEST(Deal, MissingFieldsAreFlagged) {
  const v1::Deal deal = DealAt(
      "2025-01-05", "D", {Tp("0", "2025-01-01", kOpened)},
      "pipelines { id: 'p2' name: 'P2' stages { id: 's' name: 'S' stall_days: "
      "7 required_fields: 'amount' required_fields: 'owner_id' } }");
  EXPECT_THAT(deal.missing_fields(), IsEmpty());
  const v1::Deal other = DealAt(
      "2025-01-05", "D",
      {Tp("0", "2025-01-01",
          "account_id: 'A' deal_id: 'D' owner_id: 'O' deal { action: "
          "ACTION_OPENED pipeline_id: 'p2' }")},
      "pipelines { id: 'p2' name: 'P2' stages { id: 's' name: 'S' stall_days: "
      "7 required_fields: 'amount' required_fields: 'owner_id' } }");
  EXPECT_THAT(other.missing_fields(), ElementsAre("amount"));
}

}  // namespace
}  // namespace journey::testing
