// What people do about signals, and what becomes of it.
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/core/time.h"
#include "tests/views/announce_fixture.h"

namespace journey::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SignalActionTest : public AnnounceTest {};

TEST_F(SignalActionTest, SnoozeEndsWhileItHolds) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto snoozed =
      engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-10"));
  ASSERT_TRUE(snoozed.ok()) << snoozed.status();
  EXPECT_EQ(core::ToMicros(snoozed->snoozed_until()), At("2025-01-10"));
  AnnounceAt("2025-01-09T23:59:59Z");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1"));
  AnnounceAt("2025-01-10");
  EXPECT_THAT(News(), ElementsAre("SNOOZE_ENDED stall.inactive@o 2"));
  EXPECT_FALSE(Last().has_snoozed_until());
  engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12")).value();
  engine_->Act(id, v1::SIGNAL_CHANGE_FINISHED).value();
  AnnounceAt("2025-01-13");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 2",
                                  "FINISHED stall.inactive@o 2"));
}

TEST_F(SignalActionTest, SnoozeOfWhatIsDoneEndsInSilence) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  for (const v1::SignalChange done :
       {v1::SIGNAL_CHANGE_FINISHED, v1::SIGNAL_CHANGE_DISMISSED}) {
    engine_->Act(id, done).value();
    engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-10")).value();
  }
  News();
  AnnounceAt("2025-01-11");
  EXPECT_THAT(News(), IsEmpty());
}

TEST_F(SignalActionTest, SnoozeThatEndedWhileItDidNotHoldIsOver) {
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01")});
  AnnounceAt("2025-01-02");
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-05"))
      .value();
  Append({Tp("i", "2025-01-01T00:00:01Z",
             "account_id: 'A' invoice { action: ACTION_ISSUED invoice_id: 'i' "
             "}")});
  AnnounceAt("2025-01-03");
  News();
  AnnounceAt("2025-01-06");
  ASSERT_TRUE(engine_->Retract("i").ok());
  AnnounceAt("2025-01-07");
  EXPECT_THAT(News(), ElementsAre("REVISED became_sql@f 3"));
  EXPECT_FALSE(Last().has_snoozed_until());
}

TEST_F(SignalActionTest, WithdrawalAfterDoneIsAnnouncedAndKeepsIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  engine_->Act(Last().signal_id(), v1::SIGNAL_CHANGE_FINISHED).value();
  News();
  Append({Reply("r", "2025-01-08")});
  AnnounceAt("2025-01-09");
  EXPECT_THAT(News(), ElementsAre("WITHDRAWN stall.inactive@o 2"));
  EXPECT_EQ(Last().handling(), v1::SIGNAL_HANDLING_FINISHED);
  EXPECT_EQ(Last().handled_by(), "anna");
}

TEST_F(SignalActionTest, WhatIsTrueAgainIsToBeDoneAgain) {
  const struct {
    v1::SignalChange action;
    v1::SignalHandling want;
  } cases[] = {
      {v1::SIGNAL_CHANGE_ACKNOWLEDGED, v1::SIGNAL_HANDLING_ACKNOWLEDGED},
      {v1::SIGNAL_CHANGE_FINISHED, v1::SIGNAL_HANDLING_OPEN},
      {v1::SIGNAL_CHANGE_DISMISSED, v1::SIGNAL_HANDLING_DISMISSED},
  };
  Open(kSqlOnly);
  Append({Demo("f", "2025-01-01")});
  AnnounceAt("2025-01-02");
  for (const auto& test : cases) {
    engine_->Act(Last().signal_id(), test.action).value();
    const std::string invoice = absl::StrCat("i", test.action);
    Append({Tp(invoice, "2025-01-01T00:00:01Z",
               absl::StrCat("account_id: 'A' invoice { action: ACTION_ISSUED "
                            "invoice_id: '",
                            invoice, "' }"))});
    AnnounceAt("2025-01-02");
    EXPECT_FALSE(Last().in_force());
    ASSERT_TRUE(engine_->Retract(invoice).ok());
    AnnounceAt("2025-01-02");
    EXPECT_TRUE(Last().in_force());
    EXPECT_EQ(Last().handling(), test.want);
    EXPECT_EQ(Last().has_handled_at(), test.want != v1::SIGNAL_HANDLING_OPEN);
  }
}

TEST_F(SignalActionTest, RepeatedActionChangesNothing) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  engine_->Act(id, v1::SIGNAL_CHANGE_DISMISSED).value();
  const size_t events = engine_->SignalEvents().size();
  EXPECT_TRUE(engine_->Act(id, v1::SIGNAL_CHANGE_DISMISSED).ok());
  EXPECT_EQ(engine_->SignalEvents().size(), events);
  EXPECT_EQ(engine_->Act(std::string(32, '0'), v1::SIGNAL_CHANGE_DISMISSED)
                .status()
                .code(),
            absl::StatusCode::kNotFound);
}

TEST_F(SignalActionTest, OfTwoPeopleTheLaterOneCounts) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto acknowledge = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, actor).value();
  };
  EXPECT_EQ(acknowledge("anna").handled_by(), "anna");
  engine_->clock().Set(At("2025-01-09"));
  const v1::Signal second = acknowledge("cleo");
  EXPECT_EQ(second.handled_by(), "cleo");
  EXPECT_EQ(core::ToMicros(second.handled_at()), At("2025-01-09"));
  // Repeated by the same person.
  EXPECT_EQ(acknowledge("cleo").handled_by(), "cleo");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1",
                                  "ACKNOWLEDGED stall.inactive@o 1"));
  EXPECT_EQ(acknowledge("anna").handled_by(), "anna");
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
}

TEST_F(SignalActionTest, SnoozeLeavesAloneWhoHandledIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  const std::string id = Last().signal_id();
  const auto snooze = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12"), actor)
        .value();
  };
  engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, "cleo").value();
  News();
  engine_->clock().Set(At("2025-01-09"));
  const v1::Signal snoozed = snooze("anna");
  EXPECT_EQ(core::ToMicros(snoozed.snoozed_until()), At("2025-01-12"));
  EXPECT_EQ(snoozed.handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_EQ(snoozed.handled_by(), "cleo");
  EXPECT_EQ(core::ToMicros(snoozed.handled_at()), At("2025-01-08"));
  snooze("anna");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1"));
}

TEST_F(SignalActionTest, OpenSignalTellsWhoSnoozedIt) {
  Open(kStallsOnly);
  Append({OpenDeal()});
  AnnounceAt("2025-01-08");
  News();
  const std::string id = Last().signal_id();
  const auto snooze = [&](const std::string& actor) {
    return engine_->Act(id, v1::SIGNAL_CHANGE_SNOOZED, At("2025-01-12"), actor)
        .value();
  };
  EXPECT_EQ(snooze("anna").handled_by(), "anna");
  EXPECT_EQ(snooze("anna").handling(), v1::SIGNAL_HANDLING_OPEN);
  EXPECT_EQ(snooze("cleo").handled_by(), "cleo");
  EXPECT_THAT(News(), ElementsAre("SNOOZED stall.inactive@o 1",
                                  "SNOOZED stall.inactive@o 1"));
  const auto taken =
      engine_->Act(id, v1::SIGNAL_CHANGE_ACKNOWLEDGED, 0, "cleo").value();
  EXPECT_EQ(taken.handling(), v1::SIGNAL_HANDLING_ACKNOWLEDGED);
  EXPECT_THAT(News(), ElementsAre("ACKNOWLEDGED stall.inactive@o 1"));
}

}  // namespace
}  // namespace journey::testing
