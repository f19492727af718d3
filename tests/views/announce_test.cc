// What is announced, and when: raised, revised, withdrawn, by receipt and by
// time alone.
#include <filesystem>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/announce_fixture.h"

namespace journey::testing {
namespace {

using core::Micros;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr Micros kHour = 3600 * core::kMicrosPerSecond;

TEST_F(AnnounceTest, StallIsRaisedAtItsInstantAndWithdrawnByAReply) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-07T23:59:59Z");
  EXPECT_THAT(News(), IsEmpty());
  AnnounceAt("2025-01-08T00:00:00Z");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  const v1::Signal raised = Last();
  EXPECT_EQ(raised.deal_id(), "D");
  EXPECT_EQ(raised.owner_id(), "anna");
  EXPECT_EQ(raised.journey().id(), "A");
  EXPECT_EQ(raised.action(), "Call");
  EXPECT_EQ(raised.stall_reason(), v1::STALL_REASON_INACTIVE);
  EXPECT_EQ(raised.attributes().fields().at("amount_minor").string_value(),
            "100");
  EXPECT_EQ(core::ToMicros(raised.raised_at()), At("2025-01-08"));
  EXPECT_EQ(raised.explanation().rule_id(), "stall.inactive");
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
  Append({Reply("r", "2025-01-09")});
  AnnounceAt("2025-01-09T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN stall.inactive@o 2"));
  // Each silence is a signal of its own. The company's silence comes first.
  AnnounceAt("2025-01-16");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.neglected@o 1",
                                  "RAISED stall.inactive@r 1"));
}

TEST_F(AnnounceTest, TellsWhatIsDueAndNotAnnounced) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  const auto oldest = [&] {
    return engine_->views().GetTenant(Engine::kTenant).value().value();
  };
  EXPECT_FALSE(oldest().has_oldest_unannounced_at());
  EXPECT_EQ(engine_->views().SignalLag(), 0);
  engine_->clock().Set(At("2025-01-09"));
  EXPECT_EQ(core::ToMicros(oldest().oldest_unannounced_at()), At("2025-01-08"));
  EXPECT_EQ(engine_->views().SignalLag(), core::kMicrosPerDay);
  ASSERT_TRUE(engine_->Announce().ok());
  EXPECT_FALSE(oldest().has_oldest_unannounced_at());
  EXPECT_EQ(oldest().signal_position(), 1);
  EXPECT_EQ(engine_->views().SignalLag(), 0);
}

TEST_F(AnnounceTest, RestartAndRebuildRaiseNothingTwice) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  Open(kStallsOnly);
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_ACKNOWLEDGED).value();
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
  engine_ = nullptr;
  ASSERT_EQ(system(absl::StrCat("rm -r ", dir_.Join("views")).c_str()), 0);
  Open(kStallsOnly);
  AnnounceAt("2025-01-10");
  EXPECT_THAT(News(), IsEmpty());
  EXPECT_EQ(engine_->views()
                .FindSignal(Engine::kTenant, Last().signal_id())
                .value()
                ->handling(),
            v1::SIGNAL_HANDLING_ACKNOWLEDGED);
}

TEST_F(AnnounceTest, WhatCameDueWhileTheServiceWasDownIsAnnouncedAtOnce) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-02");
  Open(kStallsOnly);
  // However long it was down, none of it is historical.
  AnnounceAt("2025-06-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1",
                                  "RAISED stall.neglected@o 1"));
  EXPECT_EQ(core::ToMicros(engine_->SignalEvents()[0].at()), At("2025-01-08"));
}

TEST_F(AnnounceTest, WhatArrivesFirstAfterTheServiceWasDownMakesNothingOld) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-02");
  Open(kStallsOnly);
  // It was down for long after the stall was due.
  engine_->clock().Set(At("2025-01-20"));
  Append({Note("n", "2025-01-19")});
  engine_->clock().Set(At("2025-01-28"));
  Append({Note("n2", "2025-01-28")});
  AnnounceAt("2025-01-28T00:00:01Z");
  EXPECT_THAT(News(), Contains("RAISED stall.inactive@o 1"));
  EXPECT_FALSE(Last().historical());
}

TEST_F(AnnounceTest, OldNewsIsHistoricalThoughSomethingElseIsDue) {
  Open("\nsignals:\n  - {type: at_risk}\n");
  Append({Invoice("i", "2025-01-01", "year: 2025 month: 1 day: 9")});
  engine_->clock().Set(At("2025-01-20"));
  Append({Invoice("j", "2024-06-01", "year: 2024 month: 6 day: 9")});
  AnnounceAt("2025-01-20");
  EXPECT_THAT(News(),
              UnorderedElementsAre("RAISED at_risk.invoice@i 1",
                                   "RAISED at_risk.invoice@j 1 historical"));
}

TEST_F(AnnounceTest, EachDealIsJudgedByWhatItReceived) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  engine_->clock().Set(At("2025-01-20"));
  // Another account's touchpoint, in the same replay.
  Append({Demo("f", "2025-01-20", "B")});
  engine_ = nullptr;
  std::filesystem::remove_all(dir_.Join("views"));
  now_ = At("2025-01-20");
  Open(kStallsOnly);
  AnnounceAt("2025-01-20");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1",
                                  "RAISED stall.neglected@o 1"));
}

TEST_F(AnnounceTest, SourceWhoseClockIsAheadSilencesNothing) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  // Every hour a touchpoint that is dated eight hours ahead.
  for (int hour = 0; hour < 24; ++hour) {
    const Micros now = At("2025-01-08") + hour * kHour;
    engine_->clock().Set(now);
    Append(
        {Note(absl::StrCat("n", hour), core::FormatInstant(now + 8 * kHour))});
    ASSERT_TRUE(engine_->Announce().ok());
  }
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  EXPECT_EQ(engine_->views().SignalLag(), 0);
}

TEST_F(AnnounceTest, TouchpointAheadOfTheClockLeavesNothingBehind) {
  Open("\nsignals:\n  - {type: detractor, keep_days: 30}\n");
  engine_->clock().Set(At("2025-01-08"));
  Append(
      {Tp("ahead", "2025-01-08T20:00:00Z", "account_id: 'A' site_visit {}")});
  Append({Tp("n", "2025-01-07",
             "account_id: 'A' survey { type: TYPE_NPS score: 1 }")});
  AnnounceAt("2025-01-08T00:01:00Z");
  EXPECT_THAT(News(), ElementsAre("RAISED detractor@n 1"));
  EXPECT_EQ(core::ToMicros(Last().raised_at()), At("2025-01-08"));
  Append({Tp("m", "2025-01-07",
             "account_id: 'A' contact_id: 'C' survey { type: TYPE_NPS score: 2 "
             "}")});
  AnnounceAt("2025-01-08T00:02:00Z");
  EXPECT_THAT(News(), ElementsAre("RAISED detractor@m 1"));
  ASSERT_TRUE(engine_->Retract("ahead").ok());
  ASSERT_TRUE(engine_->Retract("n").ok());
  AnnounceAt("2025-01-08T00:03:00Z");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN detractor@n 2"));
  ASSERT_TRUE(engine_->Retract("m").ok());
  AnnounceAt("2025-01-08T00:04:00Z");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN detractor@m 2"));
}

TEST_F(AnnounceTest, DealWonAheadOfTheClockHasNotStalled) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  Append({Tp("w", "2025-01-08T20:00:00Z",
             "account_id: 'A' deal_id: 'D' deal { action: ACTION_WON }")});
  AnnounceAt("2025-01-08T00:01:00Z");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN stall.inactive@o 2"));
  ASSERT_TRUE(engine_->Retract("w").ok());
  AnnounceAt("2025-01-08T00:02:00Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 3"));
}

TEST_F(AnnounceTest, OtherThresholdWithdrawsAndRevises) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED).value();
  Open(kStallsOnly, {{"stall_days: 7", "stall_days: 10"}});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1",
                                  "WITHDRAWN stall.inactive@o 2"));
  AnnounceAt("2025-01-11");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 3"));
  EXPECT_EQ(Last().signal_id(), id);
  EXPECT_EQ(Last().handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_EQ(core::ToMicros(Last().raised_at()), At("2025-01-08"));
}

TEST_F(AnnounceTest, OldNewsIsHistorical) {
  Open(kStallsOnly);
  engine_->clock().Set(At("2025-03-01"));
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, NewsIsOldAfterExactlySevenDays) {
  Open(kSqlOnly);
  engine_->clock().Set(At("2025-01-15"));
  Append(
      {Demo("f", "2025-01-08", "B"), Demo("g", "2025-01-08T00:00:01Z", "C")});
  AnnounceAt("2025-01-15");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1 historical",
                                  "RAISED became_sql@g 1"));
}

TEST_F(AnnounceTest, NewRulesAnnounceNothingOld) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), IsEmpty());
  Open(kStallsOnly);
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, NewRulesAnnounceNothingOldThoughTheStartWasCutShort) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  // The views are destroyed, and cannot be begun anew.
  files_->Inject(FaultyCall::kWrite, Fault::kIoError, "views/generation", 0);
  Open(kStallsOnly);
  ASSERT_EQ(engine_, nullptr);
  files_->ClearInjections();
  Open(kStallsOnly);
  ASSERT_NE(engine_, nullptr);
  AnnounceAt("2025-03-01");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, LostViewsForgetNotWhenRulesCame) {
  Open(kSqlOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-03-01");
  for (const absl::string_view lost : {"before", "after"}) {
    SCOPED_TRACE(lost);
    engine_ = nullptr;
    now_ = At("2025-03-01");
    std::filesystem::remove_all(dir_.Join("views"));
    Open(kStallsOnly);
  }
  AnnounceAt("2025-03-02");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1 historical",
                                  "RAISED stall.neglected@o 1 historical"));
}

TEST_F(AnnounceTest, RetractionWithdraws) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01")});
  AnnounceAt("2025-01-02");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  ASSERT_TRUE(engine_->Retract("f").ok());
  AnnounceAt("2025-01-03");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN became_sql@f 2"));
}

TEST_F(AnnounceTest, MergeMovesSignalsWithoutRaisingThemAgain) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01", "B")});
  AnnounceAt("2025-01-02");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  Append({Tp("m", "2025-01-02",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  AnnounceAt("2025-01-03");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 2"));
  EXPECT_EQ(Last().journey().id(), "A");
  AnnounceAt("2025-01-04");
  EXPECT_THAT(News(), IsEmpty());
  // And back.
  ASSERT_TRUE(engine_->Retract("m").ok());
  AnnounceAt("2025-01-05");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 3"));
  EXPECT_EQ(Last().journey().id(), "B");
}

TEST_F(AnnounceTest, DealThatMovesToAnotherJourneyIsRevised) {
  Open(kStallsOnly);
  Append({OpenDeal("B")});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  Append({Tp("m", "2025-01-02",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  AnnounceAt("2025-01-08T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().journey().id(), "A");
  ASSERT_TRUE(engine_->Retract("m").ok());
  AnnounceAt("2025-01-08T00:00:02Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 3"));
  EXPECT_EQ(Last().journey().id(), "B");
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), IsEmpty());
}

TEST_F(AnnounceTest, DealThatGetsItsAccountIsRevised) {
  Open(kStallsOnly);
  Append(
      {Tp("o", "2025-01-01", "deal_id: 'D' deal { action: ACTION_OPENED }")});
  AnnounceAt("2025-01-08");
  EXPECT_THAT(News(), ElementsAre("RAISED stall.inactive@o 1"));
  EXPECT_EQ(Last().journey().type(), v1::SUBJECT_TYPE_DEAL);
  Append({Tp("u", "2025-01-08",
             "account_id: 'A' deal_id: 'D' deal { action: ACTION_UPDATED }")});
  AnnounceAt("2025-01-08T00:00:01Z");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().journey().id(), "A");
}

TEST_F(AnnounceTest, MergeThatMakesItFalseWithdraws) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-03", "B"),
          Tp("i", "2025-01-01",
             "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'i' "
             "}")});
  AnnounceAt("2025-01-04");
  EXPECT_THAT(News(), ElementsAre("RAISED became_sql@f 1"));
  Append({Tp("m", "2025-01-04",
             "account_id: 'B' account_merge { other_account_id: 'A' }")});
  // Together they are a customer.
  AnnounceAt("2025-01-05");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN became_sql@f 2"));
}

TEST_F(AnnounceTest, NewOwnerIsARevision) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  Append({Tp("u", "2025-01-08",
             "account_id: 'A' deal_id: 'D' owner_id: 'bert' deal { action: "
             "ACTION_UPDATED }")});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("REVISED stall.inactive@o 2"));
  EXPECT_EQ(Last().owner_id(), "bert");
}

}  // namespace
}  // namespace journey::testing
