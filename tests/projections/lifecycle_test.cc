#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/projections/scenario.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kVisit[] = "account_id: 'A' site_visit {}";
constexpr char kDemo[] =
    "account_id: 'A' form_submission { intent: INTENT_DEMO }";
constexpr char kContent[] =
    "account_id: 'A' form_submission { intent: INTENT_CONTENT }";
constexpr char kInvoice1[] =
    "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'I1' "
    "amount { amount_minor: 100 currency_code: 'EUR' } }";
constexpr char kInvoice2[] =
    "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'I2' }";

std::string Deal(const std::string& deal_id, const std::string& action) {
  return "account_id: 'A' deal_id: '" + deal_id + "' deal { action: ACTION_" +
         action + " }";
}

std::vector<std::string> Skipped(const v1::StageVisit& visit) {
  return {visit.skipped_stage_ids().begin(), visit.skipped_stage_ids().end()};
}

TEST(Lifecycle, BeginsAtAwarenessWhileOnlyVisiting) {
  const v1::Journey journey =
      JourneyAt("2025-01-02", {Tp("1", "2025-01-01", kVisit)});
  EXPECT_EQ(journey.stage().stage_id(), "awareness");
  EXPECT_EQ(journey.stage().customer_name(), "Market research");
  EXPECT_EQ(journey.stage().explanation().rule_id(),
            "lifecycle.first_touchpoint");
  EXPECT_EQ(journey.stage().explanation().causes(0).touchpoint_id(), "1");
  EXPECT_EQ(journey.cycle(), 1);
}

TEST(Lifecycle, ContactMakesALead) {
  const v1::Journey journey = JourneyAt(
      "2025-01-03",
      {Tp("1", "2025-01-01", kVisit), Tp("2", "2025-01-02", kContent)});
  EXPECT_THAT(StageIds(journey), ElementsAre("awareness", "lead"));
  EXPECT_EQ(journey.stage().explanation().causes(0).touchpoint_id(), "2");
  EXPECT_EQ(journey.stage_history(0).left_at().seconds(),
            journey.stage().entered_at().seconds());
}

TEST(Lifecycle, SkippedStagesAreRecordedWithoutADate) {
  const v1::Journey journey =
      JourneyAt("2025-01-02", {Tp("1", "2025-01-01", Deal("D", "OPENED"))});
  EXPECT_THAT(StageIds(journey), ElementsAre("opportunity"));
  EXPECT_THAT(Skipped(journey.stage()), ElementsAre("awareness", "lead"));
}

TEST(Lifecycle, LosingTheLastOpenDealReturnsToTheStageBefore) {
  const v1::Journey journey =
      JourneyAt("2025-01-09", {Tp("1", "2025-01-01", kContent),
                               Tp("2", "2025-01-02", Deal("D1", "OPENED")),
                               Tp("3", "2025-01-03", Deal("D2", "OPENED")),
                               Tp("4", "2025-01-04", Deal("D1", "LOST")),
                               Tp("5", "2025-01-05", Deal("D2", "LOST"))});
  EXPECT_THAT(StageIds(journey), ElementsAre("lead", "opportunity", "lead"));
  EXPECT_EQ(journey.stage().explanation().rule_id(), "lifecycle.no_open_deal");
  EXPECT_EQ(journey.stage().explanation().causes(0).touchpoint_id(), "5");
  EXPECT_EQ(journey.furthest_stage_id(), "opportunity");
}

TEST(Lifecycle, PurchaseHoldsForItsDaysThenServiceBegins) {
  const std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01", Deal("D", "OPENED")),
      Tp("2", "2025-01-05", Deal("D", "WON"))};
  EXPECT_EQ(JourneyAt("2025-01-05T23:59:59.999999Z", given).stage().stage_id(),
            "purchase");
  const v1::Journey after = JourneyAt("2025-01-06", given);
  EXPECT_EQ(after.stage().stage_id(), "service");
  EXPECT_EQ(core::ToMicros(after.stage().entered_at()), At("2025-01-06"));
  EXPECT_EQ(after.stage().explanation().causes(0).touchpoint_id(), "2");
  EXPECT_THAT(Skipped(after.stage()), IsEmpty());
}

TEST(Lifecycle, TicketEndsTheHoldEarly) {
  const v1::Journey journey = JourneyAt(
      "2025-01-05T02:00:00Z",
      {Tp("1", "2025-01-05", kInvoice1),
       Tp("2", "2025-01-05T01:00:00Z",
          "account_id: 'A' ticket { action: ACTION_OPENED ticket_id: 'T' }")});
  EXPECT_THAT(StageIds(journey), ElementsAre("purchase", "service"));
  EXPECT_EQ(journey.stage().explanation().causes(0).touchpoint_id(), "2");
}

TEST(Lifecycle, OpenDealComesBackAfterTheHoldInTheNextCycle) {
  const std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01", Deal("D1", "OPENED")),
      Tp("2", "2025-01-02", Deal("D2", "OPENED")),
      Tp("3", "2025-01-05", Deal("D1", "WON"))};
  EXPECT_EQ(JourneyAt("2025-01-05T12:00:00Z", given).cycle(), 1);
  const v1::Journey journey = JourneyAt("2025-01-07", given);
  EXPECT_THAT(StageIds(journey),
              ElementsAre("opportunity", "purchase", "opportunity"));
  EXPECT_EQ(journey.cycle(), 2);
}

TEST(Lifecycle, LaterPurchasesAreLoyaltyAndCyclesOfTheirOwn) {
  const v1::Journey journey =
      JourneyAt("2025-05-01", {Tp("1", "2025-01-01", kInvoice1),
                               Tp("2", "2025-02-01", Deal("D", "OPENED")),
                               Tp("3", "2025-03-01", Deal("D", "WON")),
                               Tp("4", "2025-04-01", kInvoice2)});
  EXPECT_THAT(
      StageIds(journey),
      ElementsAre("purchase", "service", "opportunity", "loyalty", "loyalty"));
  EXPECT_EQ(journey.cycle(), 3);
  EXPECT_EQ(journey.purchase_count(), 3);
  EXPECT_THAT(Skipped(journey.stage_history(3)), IsEmpty());
  EXPECT_THAT(Skipped(journey.stage_history(4)), ElementsAre("opportunity"));
}

TEST(Lifecycle, LosingADealAsACustomerReturnsToServiceOrLoyalty) {
  const v1::Journey once =
      JourneyAt("2025-03-01", {Tp("1", "2025-01-01", kInvoice1),
                               Tp("2", "2025-02-01", Deal("D", "OPENED")),
                               Tp("3", "2025-02-02", Deal("D", "LOST"))});
  EXPECT_EQ(once.stage().stage_id(), "service");
  const v1::Journey twice =
      JourneyAt("2025-03-01", {Tp("1", "2025-01-01", kInvoice1),
                               Tp("2", "2025-01-10", kInvoice2),
                               Tp("3", "2025-02-01", Deal("D", "OPENED")),
                               Tp("4", "2025-02-02", Deal("D", "LOST"))});
  EXPECT_EQ(twice.stage().stage_id(), "loyalty");
}

TEST(Lifecycle, OfferToAnSqlOpensAnOpportunityUntilItLapses) {
  const std::string sent =
      "account_id: 'A' offer { action: ACTION_SENT offer_id: 'F' }";
  EXPECT_EQ(JourneyAt("2025-01-03", {Tp("1", "2025-01-01", kContent),
                                     Tp("2", "2025-01-02", sent)})
                .stage()
                .stage_id(),
            "lead");
  const v1::Journey sql =
      JourneyAt("2025-01-03",
                {Tp("1", "2025-01-01", kDemo), Tp("2", "2025-01-02", sent)});
  EXPECT_EQ(sql.stage().stage_id(), "opportunity");
  const v1::Journey lapsed = JourneyAt(
      "2025-01-04",
      {Tp("1", "2025-01-01", kDemo), Tp("2", "2025-01-02", sent),
       Tp("3", "2025-01-03",
          "account_id: 'A' offer { action: ACTION_EXPIRED offer_id: 'F' }")});
  EXPECT_EQ(lapsed.stage().stage_id(), "lead");
}

TEST(Lifecycle, StageSetByAPersonHoldsUntilTheRulesChangeIt) {
  std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01", kContent),
      Tp("2", "2025-01-02",
         "account_id: 'A' stage_set { stage_id: 'loyalty' reason: 'known' }"),
      Tp("3", "2025-01-03", kContent)};
  const v1::Journey held = JourneyAt("2025-01-04", given);
  EXPECT_EQ(held.stage().stage_id(), "loyalty");
  EXPECT_TRUE(held.stage().set_by_person());
  given.push_back(Tp("4", "2025-01-04", Deal("D", "OPENED")));
  const v1::Journey changed = JourneyAt("2025-01-05", given);
  EXPECT_EQ(changed.stage().stage_id(), "opportunity");
  EXPECT_EQ(changed.furthest_stage_id(), "loyalty");
}

TEST(Lifecycle, TimeDoesNotEndWhatAPersonSet) {
  const v1::Journey journey = JourneyAt(
      "2025-02-01", {Tp("1", "2025-01-01", kInvoice1),
                     Tp("2", "2025-01-01T01:00:00Z",
                        "account_id: 'A' stage_set { stage_id: 'lead' }")});
  EXPECT_EQ(journey.stage().stage_id(), "lead");
}

TEST(Lifecycle, TimeInStageIsLatestAndCumulative) {
  const v1::Journey journey =
      JourneyAt("2025-01-11", {Tp("1", "2025-01-01", kContent),
                               Tp("2", "2025-01-03", Deal("D", "OPENED")),
                               Tp("3", "2025-01-04", Deal("D", "LOST"))});
  ASSERT_EQ(journey.stage_times_size(), 2);
  EXPECT_EQ(journey.stage_times(0).stage_id(), "lead");
  EXPECT_EQ(journey.stage_times(0).latest().seconds(), 7 * 86400);
  EXPECT_EQ(journey.stage_times(0).cumulative().seconds(), 9 * 86400);
}

TEST(Purchase, WonDealAndItsInvoicesAreOne) {
  const std::string invoice =
      "account_id: 'A' deal_id: 'D' invoice { action: ACTION_ISSUED "
      "invoice_id: 'I' }";
  const v1::Journey journey =
      JourneyAt("2025-02-01", {Tp("1", "2025-01-01", Deal("D", "OPENED")),
                               Tp("2", "2025-01-02", invoice),
                               Tp("3", "2025-01-05", Deal("D", "WON"))});
  EXPECT_EQ(journey.purchase_count(), 1);
  EXPECT_EQ(core::ToMicros(journey.last_purchase_at()), At("2025-01-02"));
}

TEST(Purchase, InvoicesOfAContractAreOneSaleAndARenewalAnother) {
  const auto invoice = [](const std::string& id, const std::string& extra) {
    return "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: '" +
           id + "' contract_id: 'K' " + extra + " }";
  };
  const v1::Journey journey = JourneyAt(
      "2025-06-01",
      {Tp("1", "2025-01-01", Deal("D", "WON")),
       Tp("2", "2025-01-02",
          "account_id: 'A' deal_id: 'D' contract { action: ACTION_SIGNED "
          "contract_id: 'K' }"),
       Tp("3", "2025-02-01", invoice("I1", "")),
       Tp("4", "2025-03-01", invoice("I2", "")),
       Tp("5", "2025-04-01", invoice("I3", "renewal_id: 'R'"))});
  EXPECT_EQ(journey.purchase_count(), 2);
  EXPECT_EQ(core::ToMicros(journey.last_purchase_at()), At("2025-04-01"));
}

TEST(Purchase, CancellationThatNamesTheInvoiceUndoesIt) {
  const v1::Journey journey = JourneyAt(
      "2025-02-01",
      {Tp("1", "2025-01-01", kContent), Tp("2", "2025-01-02", kInvoice1),
       Tp("3", "2025-01-03",
          "account_id: 'A' invoice { action: ACTION_CANCELLED invoice_id: "
          "'I1' }")});
  EXPECT_EQ(journey.purchase_count(), 0);
  EXPECT_EQ(journey.stage().stage_id(), "lead");
  EXPECT_EQ(journey.stage().explanation().rule_id(),
            "lifecycle.purchase_undone");
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_NONE);
  EXPECT_FALSE(journey.has_last_purchase_at());
}

TEST(Purchase, OnlyAFullCreditUndoesIt) {
  const auto credit = [](const std::string& id, int amount) {
    return Tp(id, "2025-01-0" + id,
              "account_id: 'A' invoice { action: ACTION_CREDITED invoice_id: "
              "'I1' amount { amount_minor: " +
                  std::to_string(amount) + " currency_code: 'EUR' } }");
  };
  const std::vector<v1::Touchpoint> part = {Tp("1", "2025-01-01", kInvoice1),
                                            credit("2", 60)};
  EXPECT_EQ(JourneyAt("2025-02-01", part).purchase_count(), 1);
  std::vector<v1::Touchpoint> full = part;
  full.push_back(credit("3", 40));
  EXPECT_EQ(JourneyAt("2025-02-01", full).purchase_count(), 0);
}

TEST(Purchase, CreditThatNamesNoKnownInvoiceUndoesNothing) {
  EXPECT_EQ(JourneyAt("2025-02-01",
                      {Tp("1", "2025-01-01", kInvoice1),
                       Tp("2", "2025-01-02",
                          "account_id: 'A' invoice { action: ACTION_CREDITED "
                          "invoice_id: 'C9' amount { amount_minor: 100 "
                          "currency_code: 'EUR' } }")})
                .purchase_count(),
            1);
}

TEST(Lead, RequestGoesStraightToSql) {
  const v1::Journey journey =
      JourneyAt("2025-01-02", {Tp("1", "2025-01-01", kDemo)});
  EXPECT_EQ(journey.lead().status(), v1::LEAD_STATUS_SQL);
  EXPECT_EQ(journey.lead().explanation().rule_id(), "qualification.sql_form");
  EXPECT_EQ(journey.lead().explanation().rule_set_id(), "default");
}

std::string Verdict(const std::string& action) {
  return "account_id: 'A' qualification { action: ACTION_" + action + " }";
}

TEST(Lead, SalesVerdictsChangeTheStatus) {
  const struct {
    const char* desc;
    std::vector<v1::Touchpoint> given;
    v1::LeadStatus want;
  } cases[] = {
      {"accepted",
       {Tp("1", "2025-01-01", Verdict("ACCEPTED"))},
       v1::LEAD_STATUS_SQL},
      {"rejected",
       {Tp("1", "2025-01-01", kDemo),
        Tp("2", "2025-01-02", Verdict("REJECTED"))},
       v1::LEAD_STATUS_NONE},
      {"recycled",
       {Tp("1", "2025-01-01", kDemo),
        Tp("2", "2025-01-02", Verdict("RECYCLED"))},
       v1::LEAD_STATUS_RECYCLED},
      {"asks again",
       {Tp("1", "2025-01-01", Verdict("RECYCLED")),
        Tp("2", "2025-01-02", kDemo)},
       v1::LEAD_STATUS_SQL},
      {"disqualified stays",
       {Tp("1", "2025-01-01", Verdict("DISQUALIFIED")),
        Tp("2", "2025-01-02", kDemo),
        Tp("3", "2025-01-03", Verdict("RECYCLED"))},
       v1::LEAD_STATUS_DISQUALIFIED},
      {"accepted again",
       {Tp("1", "2025-01-01", Verdict("DISQUALIFIED")),
        Tp("2", "2025-01-03", Verdict("ACCEPTED"))},
       v1::LEAD_STATUS_SQL},
      {"customer stays",
       {Tp("1", "2025-01-01", kInvoice1),
        Tp("2", "2025-01-03", Verdict("DISQUALIFIED"))},
       v1::LEAD_STATUS_CUSTOMER},
  };
  for (const auto& test : cases) {
    EXPECT_EQ(JourneyAt("2025-02-01", test.given).lead().status(), test.want)
        << test.desc;
  }
}

TEST(Lead, CustomersNewRequestIsShownUntilTheNextPurchase) {
  std::vector<v1::Touchpoint> given = {Tp("1", "2025-01-01", kInvoice1),
                                       Tp("2", "2025-01-02", kDemo)};
  const v1::Journey asked = JourneyAt("2025-01-03", given);
  EXPECT_EQ(asked.lead().status(), v1::LEAD_STATUS_CUSTOMER);
  EXPECT_EQ(core::ToMicros(asked.lead().open_request().requested_at()),
            At("2025-01-02"));
  given.push_back(Tp("3", "2025-01-04", kInvoice2));
  EXPECT_FALSE(JourneyAt("2025-01-05", given).lead().has_open_request());
}

TEST(Owner, IsTheOpenDealsElseTheProfilesNeverTheMailers) {
  std::vector<v1::Touchpoint> given = {
      Tp("1", "2025-01-01",
         "account_id: 'A' owner_id: 'mailer' email { "
         "action: ACTION_SENT }")};
  EXPECT_EQ(JourneyAt("2025-02-01", given).owner_id(), "");
  given.push_back(
      Tp("2", "2025-01-02", "account_id: 'A' owner_id: 'keeper' profile {}"));
  EXPECT_EQ(JourneyAt("2025-02-01", given).owner_id(), "keeper");
  given.push_back(Tp(
      "3", "2025-01-03",
      "account_id: 'A' owner_id: 'seller' " + Deal("D", "OPENED").substr(16)));
  EXPECT_EQ(JourneyAt("2025-02-01", given).owner_id(), "seller");
}

}  // namespace
}  // namespace journey::testing
